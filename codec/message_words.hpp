// The templates of DD-ORDER-001 §6.2, by which services name a message to each other.
#pragma once

#include <optional>
#include <string_view>

#include "domain/order/message.hpp"

namespace orderflow {

/// "ORDER_CONFIRMATION".
[[nodiscard]] std::string_view template_word(message_kind kind);
/// Nothing for a word that names no template.
[[nodiscard]] std::optional<message_kind> parse_template(std::string_view word);

}  // namespace orderflow
