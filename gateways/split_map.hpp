// A hash map in 64 parts, so that growing it moves a part of its entries at a time: one map of millions stands still for
// most of a second when it grows. Thread rule: one owner.
#pragma once

#include <array>
#include <unordered_map>

namespace orderflow {

template <class Key, class Value>
class split_map {
 public:
  /// nullptr: not there. Stays valid as long as the entry.
  [[nodiscard]] Value* find(const Key& key) { return find_in(parts_[part_of(key)], key); }
  [[nodiscard]] const Value* find(const Key& key) const { return find_in(parts_[part_of(key)], key); }
  Value& operator[](const Key& key) { return parts_[part_of(key)][key]; }

 private:
  using part = std::unordered_map<Key, Value>;
  template <class Part>
  static auto find_in(Part& entries, const Key& key) -> decltype(&entries.begin()->second) {
    const auto found = entries.find(key);
    return found == entries.end() ? nullptr : &found->second;
  }
  static size_t part_of(const Key& key) {
    // The upper bits: the lower ones choose the bucket within the part. Multiplied, because small integers hash to themselves.
    return (std::hash<Key>{}(key)*0x9e3779b97f4a7c15) >> 58;
  }
  std::array<part, 64> parts_;
};

}  // namespace orderflow
