// When calls to the outside are given up or made again. An entry that no longer fits its call is recognised by its time, so
// nothing has to be removed early.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "base/time.hpp"

namespace orderflow {

class call_schedule {
 public:
  void at(timestamp when, std::string key) { entries_.emplace_hint(entries_.end(), when, std::move(key)); }

  /// The earliest entry that is due, taken out.
  [[nodiscard]] std::optional<std::pair<timestamp, std::string>> take_due(timestamp now) {
    if (entries_.empty() || entries_.begin()->first > now) return std::nullopt;
    auto node = entries_.extract(entries_.begin());
    return std::pair{node.key(), std::move(node.mapped())};
  }

  [[nodiscard]] bool empty() const { return entries_.empty(); }

 private:
  std::multimap<timestamp, std::string> entries_;
};

/// Pause before try number `tries + 1`: doubles from `first` up to `most`.
[[nodiscard]] inline milliseconds pause_after(uint32_t tries, milliseconds first, milliseconds most) {
  auto shift = tries < 16 ? tries : 16;
  return std::min(most, milliseconds{first.count() << shift});
}

}  // namespace orderflow
