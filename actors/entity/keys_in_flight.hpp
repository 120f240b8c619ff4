// Keys of clients whose appends are not durable yet: the store does not know them.
#pragma once

#include <algorithm>
#include <vector>

#include "journal/append.hpp"

namespace orderflow {

class keys_in_flight {
 public:
  [[nodiscard]] const key_claim* find(const key_claim& wanted) const {
    const auto is_it = [&](const key_claim& one) { return one.scope == wanted.scope && one.key == wanted.key; };
    const auto found = std::ranges::find_if(claims_, is_it);
    return found == claims_.end() ? nullptr : &*found;
  }
  void add(const std::optional<key_claim>& claim) {
    if (claim) claims_.push_back(*claim);
  }
  void remove(const std::optional<key_claim>& claim) {
    if (claim) std::erase(claims_, *claim);
  }
  void clear() { claims_.clear(); }

 private:
  std::vector<key_claim> claims_;
};

}  // namespace orderflow
