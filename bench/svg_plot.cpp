#include "bench/svg_plot.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace orderflow::bench {
namespace {

constexpr double width = 560;
constexpr double height = 260;
constexpr double left = 58;
constexpr double right = 14;
constexpr double top = 12;
constexpr double bottom = 42;
constexpr size_t colours = 8;

struct range {
  double low = INFINITY;
  double high = -INFINITY;
  void include(double value) {
    if (std::isnan(value)) return;
    low = std::min(low, value);
    high = std::max(high, value);
  }
};

/// Numbers to pixels.
class frame {
 public:
  explicit frame(const plot& what) : y_scale_(what.y) {
    for (const auto& line : what.lines)
      for (const auto& [x, y] : line.points) {
        x_.include(x);
        if (y_scale_ == scale::linear || y > 0) y_.include(y);
      }
    if (y_scale_ == scale::linear) y_.include(0);
    if (x_.high <= x_.low) x_.high = x_.low + 1;
    if (y_.high <= y_.low) y_.high = y_.low * 2 + 1;
    y_.high *= y_scale_ == scale::linear ? 1.05 : 1.2;
  }

  [[nodiscard]] bool is_empty() const { return !std::isfinite(x_.low) || !std::isfinite(y_.low); }
  [[nodiscard]] double x(double value) const { return left + (width - left - right) * (value - x_.low) / (x_.high - x_.low); }
  [[nodiscard]] double y(double value) const {
    const bool linear = y_scale_ == scale::linear;
    const double share =
        linear ? (value - y_.low) / (y_.high - y_.low) : std::log(std::max(value, y_.low) / y_.low) / std::log(y_.high / y_.low);
    return height - bottom - (height - top - bottom) * share;
  }
  [[nodiscard]] const range& xs() const { return x_; }
  [[nodiscard]] const range& ys() const { return y_; }

 private:
  scale y_scale_;
  range x_;
  range y_;
};

/// About five round numbers.
std::vector<tick> linear_ticks(const range& over) {
  const double rough = (over.high - over.low) / 5;
  const double power = std::pow(10, std::floor(std::log10(rough)));
  const double step = rough / power < 2 ? 2 * power : rough / power < 5 ? 5 * power : 10 * power;
  std::vector<tick> ticks;
  for (double at = std::ceil(over.low / step) * step; at <= over.high; at += step) ticks.push_back({at, short_number(at)});
  return ticks;
}

/// 1, 2 and 5 of each power of ten; only the powers where that would be too many.
std::vector<tick> logarithmic_ticks(const range& over) {
  const bool all = over.high / over.low < 1000;
  std::vector<tick> ticks;
  for (double power = std::pow(10, std::floor(std::log10(over.low))); power <= over.high; power *= 10)
    for (const double factor : {1.0, 2.0, 5.0})
      if ((all || factor < 2) && factor * power >= over.low && factor * power <= over.high)
        ticks.push_back({factor * power, short_number(factor * power)});
  return ticks;
}

std::string px(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", value);
  return text;
}

std::string text_at(double x, double y, const char* anchor, const std::string& words) {
  return "<text x=\"" + px(x) + "\" y=\"" + px(y) + "\" text-anchor=\"" + anchor + "\">" + escaped(words) + "</text>";
}

std::string grid(const plot& what, const frame& in) {
  std::string out;
  for (const auto& each : what.y == scale::linear ? linear_ticks(in.ys()) : logarithmic_ticks(in.ys())) {
    const std::string y = px(in.y(each.at));
    out += "<line class=\"grid\" x1=\"" + px(left) + "\" x2=\"" + px(width - right) + "\" y1=\"" + y + "\" y2=\"" + y + "\"/>";
    out += text_at(left - 6, in.y(each.at) + 4, "end", each.label);
  }
  for (const auto& each : what.x_ticks.empty() ? linear_ticks(in.xs()) : what.x_ticks) {
    if (each.at < in.xs().low || each.at > in.xs().high) continue;
    const std::string x = px(in.x(each.at));
    out += "<line class=\"grid\" x1=\"" + x + "\" x2=\"" + x + "\" y1=\"" + px(top) + "\" y2=\"" + px(height - bottom) + "\"/>";
    out += text_at(in.x(each.at), height - bottom + 16, "middle", each.label);
  }
  return out + text_at((left + width - right) / 2, height - 6, "middle", what.x_title);
}

std::string path_of(const series& line, const frame& in) {
  std::string path;
  bool drawing = false;
  for (const auto& [x, y] : line.points) {
    if (!std::isnan(y)) path += (drawing ? "L" : "M") + px(in.x(x)) + " " + px(in.y(y));
    drawing = !std::isnan(y);
  }
  return path;
}

std::string legend(const plot& what) {
  if (what.lines.size() < 2) return {};
  std::string out = "<div class=\"legend\">";
  for (size_t i = 0; i < what.lines.size(); ++i)
    out += "<span><i class=\"s" + std::to_string(i % colours) + "\"></i>" + escaped(what.lines[i].name) + "</span>";
  return out + "</div>";
}

}  // namespace

std::string draw(const plot& what) {
  const frame in{what};
  if (in.is_empty()) return {};
  std::string out = "<figure><figcaption>" + escaped(what.title) + "</figcaption>" + legend(what);
  out += "<svg viewBox=\"0 0 " + px(width) + " " + px(height) + "\" role=\"img\" aria-label=\"" + escaped(what.title) + "\">";
  out += grid(what, in);
  for (size_t i = 0; i < what.lines.size(); ++i)
    out += "<path class=\"s" + std::to_string(i % colours) + "\" d=\"" + path_of(what.lines[i], in) + "\"><title>" +
           escaped(what.lines[i].name) + "</title></path>";
  return out + "</svg></figure>\n";
}

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '"')
      out += "&quot;";
    else
      out += c;
  }
  return out;
}

std::string short_number(double value) {
  char text[32];
  const double size = std::abs(value);
  if (size >= 100 || size < 1e-9)
    std::snprintf(text, sizeof text, "%.0f", value);
  else
    std::snprintf(text, sizeof text, "%.3g", value);
  return text;
}

}  // namespace orderflow::bench
