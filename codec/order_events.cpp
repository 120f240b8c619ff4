// Events of an order: names and stored form.
#include <algorithm>
#include <array>

#include "codec/event_form.hpp"
#include "codec/order_json.hpp"

namespace orderflow {

namespace {

/// Public: clients see them.
template <class Event>
constexpr std::string_view event_name{};
template <>
constexpr std::string_view event_name<cart_opened> = "cart_opened";
template <>
constexpr std::string_view event_name<cart_changed> = "cart_changed";
template <>
constexpr std::string_view event_name<order_placed> = "order_placed";
template <>
constexpr std::string_view event_name<cart_checked_out> = "cart_checked_out";
template <>
constexpr std::string_view event_name<stock_held> = "stock_held";
template <>
constexpr std::string_view event_name<stock_refused> = "stock_refused";
template <>
constexpr std::string_view event_name<stock_came_late> = "stock_came_late";
template <>
constexpr std::string_view event_name<stock_released> = "stock_released";
template <>
constexpr std::string_view event_name<stock_consumed> = "stock_consumed";
template <>
constexpr std::string_view event_name<payment_requested> = "payment_wished";
template <>
constexpr std::string_view event_name<payment_started> = "payment_started";
template <>
constexpr std::string_view event_name<payment_captured> = "payment_captured";
template <>
constexpr std::string_view event_name<payment_declined> = "payment_declined";
template <>
constexpr std::string_view event_name<payment_unknown> = "payment_unknown";
template <>
constexpr std::string_view event_name<early_capture_recorded> = "early_capture_recorded";
template <>
constexpr std::string_view event_name<unmatched_capture_recorded> = "stray_capture_recorded";
template <>
constexpr std::string_view event_name<refund_granted> = "refund_granted";
template <>
constexpr std::string_view event_name<refund_started> = "refund_started";
template <>
constexpr std::string_view event_name<refund_settled> = "refund_settled";
template <>
constexpr std::string_view event_name<refund_refused> = "refund_refused";
template <>
constexpr std::string_view event_name<external_refund_recorded> = "outside_refund_recorded";
template <>
constexpr std::string_view event_name<cancel_requested> = "cancel_wished";
template <>
constexpr std::string_view event_name<expiry_requested> = "expiry_wished";
template <>
constexpr std::string_view event_name<order_cancelled> = "order_cancelled";
template <>
constexpr std::string_view event_name<shipment_requested> = "shipment_requested";
template <>
constexpr std::string_view event_name<order_shipped> = "order_shipped";
template <>
constexpr std::string_view event_name<late_booking_recorded> = "late_booking_recorded";
template <>
constexpr std::string_view event_name<booking_refused> = "booking_refused";
template <>
constexpr std::string_view event_name<order_delivered> = "order_delivered";
template <>
constexpr std::string_view event_name<payment_reminded> = "payment_reminded";
template <>
constexpr std::string_view event_name<payment_alert_raised> = "payment_alert_raised";
template <>
constexpr std::string_view event_name<stock_alert_raised> = "stock_alert_raised";
template <>
constexpr std::string_view event_name<shipping_alert_raised> = "shipping_alert_raised";
template <>
constexpr std::string_view event_name<operator_needed> = "operator_needed";
template <>
constexpr std::string_view event_name<operator_resolved> = "operator_settled";
template <>
constexpr std::string_view event_name<invoice_issued> = "invoice_issued";
template <>
constexpr std::string_view event_name<cart_settled> = "cart_settled";
template <>
constexpr std::string_view event_name<refund_replaced> = "refund_replaced";
template <>
constexpr std::string_view event_name<refund_made_otherwise> = "refund_made_otherwise";
template <>
constexpr std::string_view event_name<matter_closed> = "matter_closed";
template <>
constexpr std::string_view event_name<charge_question_opened> = "charge_question_opened";
template <>
constexpr std::string_view event_name<charge_question_closed> = "charge_question_closed";
template <>
constexpr std::string_view event_name<foreign_capture_recorded> = "foreign_capture_recorded";

template <size_t... I>
constexpr auto make_event_names(std::index_sequence<I...>) {
  return std::array{event_name<std::variant_alternative_t<I, order_event>>...};
}
constexpr auto event_names = make_event_names(std::make_index_sequence<std::variant_size_v<order_event>>{});
static_assert(std::ranges::none_of(event_names, &std::string_view::empty), "a new event needs its name above");

}  // namespace

std::string_view name_of(const order_event& event) { return event_names.at(event.index()); }

std::string_view name_of_order_event(uint16_t type) {
  return type >= 1 && type <= event_names.size() ? event_names.at(type - 1U) : std::string_view{};
}

stored_event encode(const recorded_event& recorded) { return encode_event(recorded.event, recorded.at); }

recorded_event decode_order_event(const stored_event& stored) {
  return {decode_event<order_event>(stored, "order event", name_of_order_event(stored.type)), stored.at};
}

}  // namespace orderflow
