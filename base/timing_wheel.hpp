// Hierarchical timing wheel (Varghese and Lauck, 1987): very many deadlines, each armed and moved in constant time.
// Pure: time comes in. Resolution one millisecond. Thread rule: one owner.
//
// Level 0 has a slot per millisecond, each further level slots that are 64 times as wide; eleven levels cover every 64-bit
// time. An item lies on the level of the highest 6-bit digit in which its time differs from `elapsed_`, in the slot that this
// digit names. So all slots in use lie ahead of `elapsed_` on their level, lower levels are due before higher ones, and the
// bitmap of a level names its next slot: advancing costs the slots in use, not the milliseconds that went by.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <limits>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/assert.hpp"
#include "base/time.hpp"

namespace orderflow {

/// `Key`: copied, compared and hashed; at most one item per key. `Time`: a time point in milliseconds. Memory: about 80 bytes per
/// armed item and key.
template <class Key, class Time = monotonic_time>
class timing_wheel {
 public:
  struct due_item {
    Key key;
    Time at{};  ///< What it was armed for.
    bool operator==(const due_item&) const = default;
  };

  explicit timing_wheel(Time now) : elapsed_(ticks(now)) {
    for (auto& level : levels_) level.slots.fill(none);
  }

  /// Arms the key, in place of what was armed for it before. A time that has passed is due at the next `advance`.
  void arm(const Key& key, Time at) {
    auto [place, fresh] = nodes_of_.try_emplace(key, none);
    if (fresh) {
      place->second = take_node(key);
    } else {
      unlink(place->second);
    }
    nodes_[place->second].at = at;
    link(place->second);
  }

  /// Arms the key, unless it is armed for an earlier time.
  void arm_no_later(const Key& key, Time at) {
    const auto found = nodes_of_.find(key);
    if (found == nodes_of_.end() || at < nodes_[found->second].at) arm(key, at);
  }

  /// Takes out what is due: all items with `at <= now`, none before its time, each once; in no promised order. A jump of days
  /// costs no more than the items. A `now` before the last one brings nothing.
  [[nodiscard]] std::vector<due_item> advance(Time now) {
    std::vector<due_item> due;
    if (ticks(now) < elapsed_) return due;
    take_due(overdue_, due);
    while (const auto next = next_slot()) {
      if (next->starts > ticks(now)) break;
      elapsed_ = next->starts;
      open(*next, due);
    }
    elapsed_ = ticks(now);
    return due;
  }

  [[nodiscard]] size_t size() const { return nodes_of_.size(); }

 private:
  static constexpr uint32_t digit_bits = 6;
  static constexpr uint32_t slots_per_level = 1U << digit_bits;
  static constexpr uint32_t level_count = (64 + digit_bits - 1) / digit_bits;
  static constexpr uint32_t none = std::numeric_limits<uint32_t>::max();
  /// Level number of the list of items that were due when they were armed.
  static constexpr uint8_t overdue_level = level_count;

  struct node {
    Key key;
    Time at{};
    uint32_t previous = none;
    uint32_t next = none;
    uint8_t level = 0;
    uint8_t slot = 0;
  };
  struct wheel_level {
    uint64_t in_use = 0;  ///< Bit n: slot n has items.
    std::array<uint32_t, slots_per_level> slots{};
  };
  struct slot_place {
    uint32_t level = 0;
    uint32_t slot = 0;
    uint64_t starts = 0;
  };

  /// Times before the epoch count as the epoch: they have passed in any case.
  static uint64_t ticks(Time at) { return static_cast<uint64_t>(std::max<int64_t>(0, at.time_since_epoch().count())); }

  uint32_t& head_of(const node& of) { return of.level == overdue_level ? overdue_ : levels_[of.level].slots[of.slot]; }

  uint32_t take_node(const Key& key) {
    if (free_.empty()) {
      ORDERFLOW_ASSERT(nodes_.size() < none);
      nodes_.push_back(node{key});
      return static_cast<uint32_t>(nodes_.size() - 1);
    }
    const auto index = free_.back();
    free_.pop_back();
    nodes_[index].key = key;
    return index;
  }

  void link(uint32_t index) {
    node& item = nodes_[index];
    const auto at = ticks(item.at);
    if (at <= elapsed_) {
      item.level = overdue_level;
    } else {
      const auto highest = static_cast<uint32_t>(std::bit_width(at ^ elapsed_)) - 1;
      item.level = static_cast<uint8_t>(highest / digit_bits);
      item.slot = static_cast<uint8_t>((at >> (item.level * digit_bits)) & (slots_per_level - 1));
      levels_[item.level].in_use |= uint64_t{1} << item.slot;
    }
    uint32_t& head = head_of(item);
    item.previous = none;
    item.next = head;
    if (head != none) nodes_[head].previous = index;
    head = index;
  }

  void unlink(uint32_t index) {
    const node& item = nodes_[index];
    if (item.next != none) nodes_[item.next].previous = item.previous;
    if (item.previous != none) {
      nodes_[item.previous].next = item.next;
      return;
    }
    head_of(item) = item.next;
    if (item.next == none && item.level != overdue_level) levels_[item.level].in_use &= ~(uint64_t{1} << item.slot);
  }

  /// The slot in use that starts first.
  [[nodiscard]] std::optional<slot_place> next_slot() const {
    for (uint32_t level = 0; level < level_count; ++level) {
      if (levels_[level].in_use == 0) continue;
      const auto slot = static_cast<uint32_t>(std::countr_zero(levels_[level].in_use));
      const auto shift = level * digit_bits;
      const auto above = shift + digit_bits >= 64 ? 0 : elapsed_ >> (shift + digit_bits) << (shift + digit_bits);
      return slot_place{level, slot, above | (uint64_t{slot} << shift)};
    }
    return std::nullopt;
  }

  /// `elapsed_` has come to the slot: its items are due, or move to a lower level.
  void open(const slot_place& place, std::vector<due_item>& due) {
    auto& level = levels_[place.level];
    auto index = std::exchange(level.slots[place.slot], none);
    level.in_use &= ~(uint64_t{1} << place.slot);
    while (index != none) {
      const auto next = nodes_[index].next;
      if (ticks(nodes_[index].at) <= elapsed_)
        take_out(index, due);
      else
        link(index);
      index = next;
    }
  }

  void take_due(uint32_t& list, std::vector<due_item>& due) {
    auto index = std::exchange(list, none);
    while (index != none) {
      const auto next = nodes_[index].next;
      take_out(index, due);
      index = next;
    }
  }

  void take_out(uint32_t index, std::vector<due_item>& due) {
    due.push_back({nodes_[index].key, nodes_[index].at});
    nodes_of_.erase(nodes_[index].key);
    free_.push_back(index);
  }

  uint64_t elapsed_;  ///< Everything up to here has been taken out, but for `overdue_`.
  uint32_t overdue_ = none;
  std::array<wheel_level, level_count> levels_{};
  std::vector<node> nodes_;
  std::vector<uint32_t> free_;
  std::unordered_map<Key, uint32_t> nodes_of_;
};

}  // namespace orderflow
