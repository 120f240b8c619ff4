#include "http/pipeline/request_metrics.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "http/pipeline/router.hpp"

namespace orderflow {

namespace {

constexpr std::array<std::string_view, 9> names{dialects::shop,      dialects::orderflow_api, dialects::cart_workflow,
                                                dialects::orders_v1, dialects::ours,          dialects::dev,
                                                dialects::probe,     dialects::metrics,       "none"};

/// Upper bounds in milliseconds; the longest wait that a client may ask for is 30 s.
constexpr std::array<uint64_t, 14> bounds_ms{1, 2, 5, 10, 20, 50, 100, 250, 500, 1'000, 2'500, 5'000, 10'000, 30'000};

size_t index_of(std::string_view group) {
  const auto found = std::find(names.begin(), names.end() - 1, group);
  return static_cast<size_t>(found - names.begin());
}

}  // namespace

void request_metrics::answered(std::string_view group, uint16_t status, duration took) {
  static_assert(names.size() == group_count && bounds_ms.size() + 1 == bucket_count);
  auto& of = groups_[index_of(group)];
  ++of.by_class[std::min<size_t>(status / 100, class_count - 1)];
  const auto us =
      static_cast<uint64_t>(std::max<int64_t>(0, std::chrono::duration_cast<std::chrono::microseconds>(took).count()));
  const auto bucket = std::find_if(bounds_ms.begin(), bounds_ms.end(), [us](uint64_t bound) { return us <= bound * 1000; });
  ++of.by_bucket[static_cast<size_t>(bucket - bounds_ms.begin())];
  of.sum += took;
}

void request_metrics::write(metric_text& out) const {
  out.family("orderflow_http_requests_total", "counter", "Replies by group of routes and class of status.");
  for (size_t group = 0; group < group_count; ++group)
    for (size_t digit = 1; digit < class_count; ++digit)
      if (const auto count = groups_[group].by_class[digit]; count > 0)
        out.sample(fmt::format("group=\"{}\",code=\"{}xx\"", names[group], digit), count);
  out.family("orderflow_http_request_duration_seconds", "histogram", "From the whole request to its reply, by group of routes.");
  for (size_t group = 0; group < group_count; ++group) {
    const auto& of = groups_[group];
    uint64_t below = 0;
    for (size_t bucket = 0; bucket < bucket_count; ++bucket) {
      below += of.by_bucket[bucket];
      const auto bound = bucket < bounds_ms.size() ? fmt::format("{}", static_cast<double>(bounds_ms[bucket]) / 1000) : "+Inf";
      out.sample(fmt::format("group=\"{}\",le=\"{}\"", names[group], bound), below, "_bucket");
    }
    const auto label = fmt::format("group=\"{}\"", names[group]);
    out.sample(label, std::chrono::duration<double>(of.sum).count(), "_sum").sample(label, below, "_count");
  }
}

}  // namespace orderflow
