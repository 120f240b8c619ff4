// "Did you mean …?": the known word that a misspelt one most resembles.
#pragma once

#include <span>
#include <string_view>

namespace orderflow {

/// Letters to insert, drop, replace or swap with their neighbour to get from one to the other (optimal string alignment).
[[nodiscard]] size_t edit_distance(std::string_view from, std::string_view to);

/// Empty when no word is near: at most a third of the letters of the longer one may differ.
[[nodiscard]] std::string_view nearest_word(std::string_view word, std::span<const std::string_view> known);

}  // namespace orderflow
