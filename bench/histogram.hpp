// Log-linear histogram of unsigned values, such as microseconds: exact below 256, from there 128 buckets per power of two.
// A quantile is answered with its bucket's middle, so it is off by at most 1/256 of the value. Memory is fixed (58 KB), recording
// is a few instructions. Not thread-safe.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace orderflow::bench {

class histogram {
 public:
  histogram() : buckets_(bucket_count) {}

  void record(uint64_t value) {
    ++buckets_[index_of(value)];
    ++count_;
    max_ = std::max(max_, value);
    min_ = std::min(min_, value);
  }

  [[nodiscard]] uint64_t count() const { return count_; }
  [[nodiscard]] uint64_t max() const { return max_; }

  /// The value that the share `q` (0 to 1) of all records does not exceed; 0 when nothing was recorded.
  [[nodiscard]] uint64_t quantile(double q) const {
    if (count_ == 0) return 0;
    const auto wanted = static_cast<uint64_t>(std::ceil(q * static_cast<double>(count_)));
    const uint64_t rank = std::clamp<uint64_t>(wanted, 1, count_);
    uint64_t seen = 0;
    for (size_t i = 0; i < buckets_.size(); ++i) {
      seen += buckets_[i];
      if (seen >= rank) return std::clamp(middle_of(i), min_, max_);
    }
    return max_;
  }

 private:
  static constexpr unsigned sub_bits = 7;                    // 128 buckets per power of two
  static constexpr uint64_t exact_below = 2ull << sub_bits;  // below this every value has a bucket of its own
  static constexpr size_t bucket_count = exact_below + ((63 - sub_bits) << sub_bits);

  static size_t index_of(uint64_t value) {
    if (value < exact_below) return static_cast<size_t>(value);
    const auto shift = static_cast<unsigned>(std::bit_width(value)) - 1 - sub_bits;
    return static_cast<size_t>(exact_below + (static_cast<uint64_t>(shift - 1) << sub_bits) + (value >> shift) -
                               (1ull << sub_bits));
  }

  static uint64_t middle_of(size_t index) {
    if (index < exact_below) return index;
    const uint64_t above = index - exact_below;
    const auto shift = static_cast<unsigned>(above >> sub_bits) + 1;
    const uint64_t low = ((above & ((1ull << sub_bits) - 1)) + (1ull << sub_bits)) << shift;
    return low + (1ull << (shift - 1));
  }

  std::vector<uint64_t> buckets_;
  uint64_t count_ = 0;
  uint64_t max_ = 0;
  uint64_t min_ = UINT64_MAX;
};

}  // namespace orderflow::bench
