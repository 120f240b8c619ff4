// The domain's closed sets in words.
#include <algorithm>

#include "codec/order_json.hpp"

namespace orderflow {

std::string_view to_string(order_status status) {
  switch (status) {
    case order_status::pending: return "pending";
    case order_status::payment_processing: return "payment_processing";
    case order_status::paid: return "paid";
    case order_status::shipped: return "shipped";
    case order_status::delivered: return "delivered";
    case order_status::cancelled: return "cancelled";
  }
  return {};
}

std::string_view to_string(pending_reason reason) {
  switch (reason) {
    case pending_reason::awaiting_checkout: return "awaiting_checkout";
    case pending_reason::awaiting_stock: return "awaiting_stock";
    case pending_reason::awaiting_payment: return "awaiting_payment";
  }
  return {};
}

std::string_view to_string(stock_status status) {
  switch (status) {
    case stock_status::none: return "none";
    case stock_status::requested: return "requested";
    case stock_status::held: return "held";
    case stock_status::refused: return "refused";
    case stock_status::releasing: return "releasing";
    case stock_status::released: return "released";
    case stock_status::consumed: return "consumed";
  }
  return {};
}

std::string_view to_string(attempt_status status) {
  switch (status) {
    case attempt_status::started: return "started";
    case attempt_status::captured: return "captured";
    case attempt_status::declined: return "declined";
    case attempt_status::unknown: return "unknown";
  }
  return {};
}

std::string_view to_string(refund_status status) {
  switch (status) {
    case refund_status::started: return "started";
    case refund_status::settled: return "settled";
    case refund_status::refused: return "refused";
    case refund_status::replaced: return "replaced";
    case refund_status::by_other_means: return "by_other_means";
  }
  return {};
}

std::string_view to_string(shipment_status status) {
  switch (status) {
    case shipment_status::none: return "none";
    case shipment_status::requested: return "requested";
    case shipment_status::booked: return "booked";
  }
  return {};
}

std::string_view to_string(cancel_reason reason) {
  switch (reason) {
    case cancel_reason::none: return "none";
    case cancel_reason::customer: return "customer";
    case cancel_reason::out_of_stock: return "out_of_stock";
    case cancel_reason::expired: return "expired";
    case cancel_reason::declined: return "declined";
    case cancel_reason::refunded: return "refunded";
  }
  return {};
}

std::string_view to_string(operator_reason reason) {
  switch (reason) {
    case operator_reason::none: return "none";
    case operator_reason::capture_of_wrong_amount: return "capture_of_wrong_amount";
    case operator_reason::refund_refused: return "refund_refused";
    case operator_reason::booking_refused: return "booking_refused";
    case operator_reason::booked_after_cancel: return "booked_after_cancel";
    case operator_reason::capture_under_other_name: return "capture_under_other_name";
    case operator_reason::capture_of_other_figure: return "capture_of_other_figure";
    case operator_reason::capture_in_other_currency: return "capture_in_other_currency";
    case operator_reason::charge_unknown_to_gateway: return "charge_unknown_to_gateway";
    case operator_reason::refund_unknown_to_gateway: return "refund_unknown_to_gateway";
  }
  return {};
}

std::string_view to_string(unmatched_reason reason) {
  switch (reason) {
    case unmatched_reason::none: return "none";
    case unmatched_reason::late: return "late";
    case unmatched_reason::wrong_amount: return "wrong_amount";
    case unmatched_reason::surplus: return "surplus";
    case unmatched_reason::second_name: return "second_name";
    case unmatched_reason::same_money: return "same_money";
  }
  return {};
}

std::string_view to_string(deadline_kind kind) {
  switch (kind) {
    case deadline_kind::payment_reminder: return "payment_reminder";
    case deadline_kind::payment_alert: return "payment_alert";
    case deadline_kind::payment_due: return "payment_due";
    case deadline_kind::stock_confirm: return "stock_confirm";
    case deadline_kind::cart_expiry: return "cart_expiry";
    case deadline_kind::shipping_overdue: return "shipping_overdue";
  }
  return {};
}

std::string_view to_string(tax_mode mode) {
  switch (mode) {
    case tax_mode::none: return "none";
    case tax_mode::of_total: return "of_total";
    case tax_mode::included: return "included";
    case tax_mode::added: return "added";
  }
  return {};
}

std::optional<tax_mode> parse_tax_mode(std::string_view word) {
  using enum tax_mode;
  for (const auto mode : {none, of_total, included, added})
    if (to_string(mode) == word) return mode;
  return std::nullopt;
}

std::optional<order_status> parse_order_status(std::string_view word) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  for (uint8_t number = 1; !to_string(static_cast<order_status>(number)).empty(); ++number) {
    const auto status = static_cast<order_status>(number);
    const std::string_view known = to_string(status);
    const auto same = [&](char theirs, char ours) { return lower(theirs) == ours; };
    if (std::equal(word.begin(), word.end(), known.begin(), known.end(), same)) return status;
  }
  return std::nullopt;
}

}  // namespace orderflow
