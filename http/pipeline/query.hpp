// Parameters after '?'.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/pipeline/problem.hpp"

namespace orderflow {

class query_values {
 public:
  /// Percent-decoded, '+' read as a space, as HTML forms write one. Nothing: not a query.
  [[nodiscard]] static std::optional<query_values> parse(std::string_view text);

  /// The first value of that name; nullptr where absent.
  [[nodiscard]] const std::string* find(std::string_view name) const;
  /// Names and values in order.
  [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& pairs() const { return pairs_; }
  void set(std::string_view name, std::string value);
  void erase(std::string_view name);
  /// Encoded again, in order.
  [[nodiscard]] std::string text() const;

 private:
  std::vector<std::pair<std::string, std::string>> pairs_;
};

/// A yes or no; nothing where it is absent. Anything but true and false is noted as a mistake.
[[nodiscard]] std::optional<bool> read_flag(const query_values& from, std::string_view name, std::vector<field_error>& errors);

}  // namespace orderflow
