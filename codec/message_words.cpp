#include "codec/message_words.hpp"

namespace orderflow {

std::string_view template_word(message_kind kind) {
  switch (kind) {
    case message_kind::order_confirmation: return "ORDER_CONFIRMATION";
    case message_kind::order_shipped: return "ORDER_SHIPPED";
    case message_kind::order_cancelled: return "ORDER_CANCELLED";
    case message_kind::order_timeout_alert: return "ORDER_TIMEOUT_ALERT";
    case message_kind::payment_failed: return "PAYMENT_FAILED";
    case message_kind::refunded: return "REFUNDED";
    case message_kind::payment_reminder: return "PAYMENT_REMINDER";
  }
  return {};
}

std::optional<message_kind> parse_template(std::string_view word) {
  using enum message_kind;
  for (const auto kind :
       {order_confirmation, order_shipped, order_cancelled, order_timeout_alert, payment_failed, refunded, payment_reminder})
    if (word == template_word(kind)) return kind;
  return std::nullopt;
}

}  // namespace orderflow
