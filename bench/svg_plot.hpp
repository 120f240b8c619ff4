// Line plots as inline SVG. Colours come from the page's style sheet (classes s0 to s7, grid, axis), so that one drawing serves
// light and dark.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace orderflow::bench {

struct tick {
  double at = 0;
  std::string label;
};

struct series {
  std::string name;
  std::vector<std::pair<double, double>> points;  ///< Not-a-number interrupts the line.
};

enum class scale : uint8_t { linear = 1, logarithmic = 2 };

struct plot {
  std::string title;
  std::string x_title;
  std::vector<tick> x_ticks;  ///< Empty: round numbers.
  scale y = scale::linear;
  std::vector<series> lines;
};

/// A <figure> with the drawing and, where there is more than one line, a legend. Empty where there is nothing to draw.
[[nodiscard]] std::string draw(const plot& what);

/// Text for HTML.
[[nodiscard]] std::string escaped(const std::string& text);
/// Three significant digits: 12 300 as "12300", 0.01234 as "0.0123".
[[nodiscard]] std::string short_number(double value);

}  // namespace orderflow::bench
