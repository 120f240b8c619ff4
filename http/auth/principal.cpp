#include "http/auth/principal.hpp"

#include <algorithm>

#include "base/unicode.hpp"

namespace orderflow {

std::string_view to_string(role as) {
  switch (as) {
    case role::customer: return "customer";
    case role::merchant: return "merchant";
    case role::service: return "service";
    case role::operator_: return "operator";
  }
  return "customer";
}

std::optional<role> parse_role(std::string_view word) {
  for (const auto each : {role::customer, role::merchant, role::service, role::operator_}) {
    if (word == to_string(each)) return each;
  }
  return std::nullopt;
}

std::optional<principal> parse_principal(std::string_view text) {
  const auto colon = std::min(text.find(':'), text.size());
  const auto as = parse_role(text.substr(0, colon));
  if (!as || colon == text.size()) return std::nullopt;
  const auto rest = text.substr(colon + 1);
  const auto at = std::min(rest.rfind('@'), rest.size());
  const auto tenant = at == rest.size() ? usual_tenant : rest.substr(at + 1);
  const auto subject = rest.substr(0, at);
  if (!is_principal_name(subject) || !is_principal_name(tenant)) return std::nullopt;
  return principal{std::string{subject}, std::string{tenant}, *as};
}

bool is_principal_name(std::string_view text) {
  constexpr size_t longest = 255;
  return !text.empty() && text.size() <= longest && !has_control_character(text);
}

}  // namespace orderflow
