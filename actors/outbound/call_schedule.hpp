// When calls to the outside are given up or made again. An entry that no longer fits its call is recognised by its time, so
// nothing has to be removed early.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "actors/services.hpp"
#include "base/backoff.hpp"

namespace orderflow {

class call_schedule {
 public:
  void at(monotonic_time when, std::string key) { entries_.emplace_hint(entries_.end(), when, std::move(key)); }

  /// The earliest entry that is due, taken out.
  [[nodiscard]] std::optional<std::pair<monotonic_time, std::string>> take_due(monotonic_time now) {
    if (entries_.empty() || entries_.begin()->first > now) return std::nullopt;
    auto node = entries_.extract(entries_.begin());
    return std::pair{node.key(), std::move(node.mapped())};
  }

  [[nodiscard]] bool empty() const { return entries_.empty(); }

 private:
  std::multimap<monotonic_time, std::string> entries_;
};

/// The pause after `previous`, spread out per call: the key and the number of the try are random enough.
[[nodiscard]] inline milliseconds spread_pause(const actor_settings& limits, milliseconds previous, const std::string& key,
                                               uint32_t tries) {
  auto spread = (std::hash<std::string>{}(key) + tries) * 0x9e3779b97f4a7c15U;
  return next_pause({limits.payment_retry_first, limits.payment_retry_most}, previous, spread >> 16);
}

}  // namespace orderflow
