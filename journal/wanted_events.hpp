// A page of events, taken out of whole appends as they stand in a store.
#pragma once

#include <algorithm>
#include <span>
#include <vector>

#include "journal/store.hpp"

namespace orderflow {

/// Those of an append that stand behind the cursor and are of one of the types, until there are `limit` of them. The first append
/// may begin before the cursor.
class wanted_events {
 public:
  wanted_events(position cursor, std::span<const uint16_t> types, size_t limit) : cursor_(cursor), types_(types), limit_(limit) {}

  [[nodiscard]] bool enough() const { return found_.size() >= limit_; }
  void add(std::vector<journal_event>& of_append) {
    for (auto& one : of_append) {
      if (enough()) return;
      if (one.at > cursor_ && std::ranges::find(types_, one.event.type) != types_.end()) found_.push_back(std::move(one));
    }
  }
  [[nodiscard]] std::vector<journal_event> take() { return std::move(found_); }

 private:
  position cursor_;
  std::span<const uint16_t> types_;
  size_t limit_;
  std::vector<journal_event> found_;
};

}  // namespace orderflow
