// Keys of clients whose appends are not durable yet: the store does not know them.
#pragma once

#include "base/fifo.hpp"
#include "journal/append.hpp"

namespace orderflow {

class keys_in_flight {
 public:
  [[nodiscard]] const key_claim* find(const key_claim& wanted) const {
    const auto is_it = [&](const written& one) { return one.claim.scope == wanted.scope && one.claim.key == wanted.key; };
    const auto* found = keys_.find_if(is_it);
    return found == nullptr ? nullptr : &found->claim;
  }
  /// `append`: the number of the entity's append that writes it.
  void add(uint64_t append, const std::optional<key_claim>& claim) {
    if (claim) keys_.push({append, *claim});
  }
  /// All appends up to this one are: the store answers for their keys.
  void durable(uint64_t append) {
    while (!keys_.empty() && keys_.front().append <= append) keys_.pop();
  }
  void clear() { keys_ = {}; }

 private:
  struct written {
    uint64_t append = 0;
    key_claim claim;
  };
  fifo<written> keys_;
};

}  // namespace orderflow
