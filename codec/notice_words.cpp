#include "codec/notice_words.hpp"

namespace orderflow {

std::string_view template_word(notice_kind kind) {
  switch (kind) {
    case notice_kind::order_confirmation: return "ORDER_CONFIRMATION";
    case notice_kind::order_shipped: return "ORDER_SHIPPED";
    case notice_kind::order_cancelled: return "ORDER_CANCELLED";
    case notice_kind::order_timeout_alert: return "ORDER_TIMEOUT_ALERT";
    case notice_kind::payment_failed: return "PAYMENT_FAILED";
    case notice_kind::refunded: return "REFUNDED";
    case notice_kind::payment_reminder: return "PAYMENT_REMINDER";
  }
  return {};
}

std::optional<notice_kind> parse_template(std::string_view word) {
  using enum notice_kind;
  for (const auto kind :
       {order_confirmation, order_shipped, order_cancelled, order_timeout_alert, payment_failed, refunded, payment_reminder})
    if (word == template_word(kind)) return kind;
  return std::nullopt;
}

}  // namespace orderflow
