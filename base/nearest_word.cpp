#include "base/nearest_word.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

namespace orderflow {

size_t edit_distance(std::string_view from, std::string_view to) {
  std::vector<size_t> before(to.size() + 1);  // The row before the last one: where two letters were swapped.
  std::vector<size_t> last(to.size() + 1);
  std::vector<size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 1; i <= from.size(); ++i) {
    before.swap(last);
    last.swap(row);
    row[0] = i;
    for (size_t j = 1; j <= to.size(); ++j) {
      const auto replaced = last[j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
      row[j] = std::min({replaced, last[j] + 1, row[j - 1] + 1});
      const bool swapped = i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
  }
  return row.back();
}

std::string_view nearest_word(std::string_view word, std::span<const std::string_view> known) {
  std::string_view best;
  size_t least = word.size() + 1;
  for (const auto one : known) {
    const auto distance = edit_distance(word, one);
    if (distance < least && distance * 3 <= std::max(word.size(), one.size())) {
      least = distance;
      best = one;
    }
  }
  return best;
}

}  // namespace orderflow
