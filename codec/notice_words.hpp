// The templates of DD-ORDER-001 §6.2, by which services name a notice to each other.
#pragma once

#include <optional>
#include <string_view>

#include "domain/order/notice.hpp"

namespace orderflow {

/// "ORDER_CONFIRMATION".
[[nodiscard]] std::string_view template_word(notice_kind kind);
/// Nothing for a word that names no template.
[[nodiscard]] std::optional<notice_kind> parse_template(std::string_view word);

}  // namespace orderflow
