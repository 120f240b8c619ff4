// How often somebody may ask: one token bucket per name, in bounded memory.
// Thread rule: the I/O thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/time.hpp"

namespace orderflow {

/// Requests per second in the long run, and at once. 0 a second: no limit.
struct rate_limit {
  uint32_t per_second = 0;
  uint32_t burst = 1;
};

/// Hashes a std::string_view like the std::string it is looked up for.
struct text_hash {
  using is_transparent = void;
  size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};

/// Buckets in the form of the generic cell rate algorithm: a bucket is the one moment at which it would be full again, so a
/// full one need not be kept.
class token_buckets {
 public:
  explicit token_buckets(rate_limit limit, size_t most_kept = 100'000) : limit_(limit), most_kept_(most_kept) {}

  /// Takes one token. Nothing: there was one; else after how many seconds (at least 1) there will be.
  [[nodiscard]] std::optional<uint32_t> take(std::string_view name, monotonic_time now);

  [[nodiscard]] bool is_off() const { return limit_.per_second == 0; }
  [[nodiscard]] size_t kept() const { return full_at_us_.size(); }

 private:
  void make_room(int64_t now_us);

  rate_limit limit_;
  size_t most_kept_;
  std::unordered_map<std::string, int64_t, text_hash, std::equal_to<>> full_at_us_;
  int64_t next_sweep_us_ = 0;
};

/// Whose bucket an address is: an IPv4 address its own, an IPv6 address that of its /64, which one customer has whole.
[[nodiscard]] std::string bucket_of_address(const std::string& address);

}  // namespace orderflow
