#include "http/pipeline/content_coding.hpp"

#include <algorithm>
#include <boost/beast/core/string.hpp>
#include <optional>

#include "http/pipeline/list_field.hpp"

namespace orderflow {

namespace {

/// RFC 9110 §12.4.2: 0 to 1 with at most three decimals, in thousandths. 0 where it is no weight.
int thousandths(std::string_view text) {
  if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1') || (text.size() > 1 && text[1] != '.')) return 0;
  int value = text[0] - '0';
  for (size_t n = 2; n < 5; ++n) {
    const char digit = n < text.size() ? text[n] : '0';
    if (digit < '0' || digit > '9') return 0;
    value = value * 10 + (digit - '0');
  }
  return value <= 1000 ? value : 0;
}

int weight_of(std::string_view parameters) {
  while (!parameters.empty()) {
    const auto each = take_element(parameters, ';');
    if (each.size() >= 2 && (each[0] == 'q' || each[0] == 'Q') && each[1] == '=') return thousandths(each.substr(2));
  }
  return 1000;
}

}  // namespace

bool prefers_gzip(std::string_view accept_encoding) {
  std::optional<int> gzip;
  std::optional<int> identity;
  std::optional<int> others;
  while (!accept_encoding.empty()) {
    auto parameters = take_element(accept_encoding, ',');
    const auto coding = take_element(parameters, ';');
    const int weight = weight_of(parameters);
    const auto is = [&](std::string_view word) { return boost::beast::iequals(coding, word); };
    if (is("gzip") || is("x-gzip")) gzip = std::max(gzip.value_or(0), weight);
    if (is("identity")) identity = weight;
    if (coding == "*") others = weight;
  }
  const int for_gzip = gzip.value_or(others.value_or(0));
  return for_gzip > 0 && for_gzip >= identity.value_or(0);
}

}  // namespace orderflow
