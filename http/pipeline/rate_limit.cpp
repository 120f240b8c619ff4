#include "http/pipeline/rate_limit.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>

namespace orderflow {

std::optional<uint32_t> token_buckets::take(std::string_view name, monotonic_time now) {
  if (is_off()) return std::nullopt;
  constexpr int64_t second = 1'000'000;
  const int64_t now_us = now.time_since_epoch().count() * 1000;
  const int64_t one = std::max<int64_t>(1, second / limit_.per_second);
  auto found = full_at_us_.find(name);
  const int64_t full_at = found == full_at_us_.end() ? now_us : std::max(found->second, now_us);
  const int64_t late_by = full_at + one - now_us - one * std::max<int64_t>(1, limit_.burst);
  if (late_by > 0) return static_cast<uint32_t>((late_by + second - 1) / second);
  if (found == full_at_us_.end()) {
    make_room(now_us);
    found = full_at_us_.emplace(std::string{name}, 0).first;
  }
  found->second = full_at + one;
  return std::nullopt;
}

/// Full buckets are forgotten first; a sweep costs all of them, so there is one a second at most. Where none is full, any one
/// goes: its owner gets a full bucket too early, which is better than unbounded memory.
void token_buckets::make_room(int64_t now_us) {
  if (full_at_us_.size() < most_kept_) return;
  if (now_us >= next_sweep_us_) {
    std::erase_if(full_at_us_, [&](const auto& each) { return each.second <= now_us; });
    next_sweep_us_ = now_us + 1'000'000;
  }
  if (full_at_us_.size() >= most_kept_) full_at_us_.erase(full_at_us_.begin());
}

std::string bucket_of_address(const std::string& address) {
  boost::system::error_code failed;
  const auto read = boost::asio::ip::make_address(address, failed);
  if (failed || !read.is_v6() || read.to_v6().is_v4_mapped()) return address;
  constexpr size_t network_bytes = 8;
  const auto bytes = read.to_v6().to_bytes();
  return {bytes.begin(), bytes.begin() + network_bytes};
}

}  // namespace orderflow
