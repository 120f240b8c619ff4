// What happened to an order. Stored format: add, never change; the number of an alternative is its place here, from 1.
#pragma once

#include <variant>

#include "domain/order/commands.hpp"

namespace orderflow {

/// A cart was opened (D2).
struct cart_opened {
  order_id id;
  provenance source;
  customer who;
  currency money;
  std::vector<order_line> lines;
  minor_units total = 0;
  timer_policy timers;
  tax_policy tax{};
  minor_units tax_amount = 0;  ///< Contained in `total`, as in every event that has both.
  bool operator==(const cart_opened&) const = default;
};
struct cart_changed {
  std::vector<order_line> lines;
  minor_units total = 0;
  minor_units tax_amount = 0;
  bool operator==(const cart_changed&) const = default;
};
/// The order was placed, out of nothing. `round` 0: no line is tracked, nothing to reserve.
struct order_placed {
  order_id id;
  provenance source;
  customer who;
  currency money;
  std::vector<order_line> lines;
  minor_units total = 0;
  timer_policy timers;
  std::optional<std::string> pay_with;
  bool decline_cancels = false;
  uint32_t round = 0;
  tax_policy tax{};
  minor_units tax_amount = 0;
  std::optional<cart_claim> cart{};
  bool operator==(const order_placed&) const = default;
};
/// An open cart was checked out; `round` as above.
struct cart_checked_out {
  customer who;
  std::optional<std::string> pay_with;
  uint32_t round = 0;
  bool operator==(const cart_checked_out&) const = default;
};
/// Stock of the round is ours until released or consumed.
struct stock_held {
  uint32_t round = 0;
  bool operator==(const stock_held&) const = default;
};
/// The inventory could not give the round. `reopened`: the order is an open cart again.
struct stock_refused {
  uint32_t round = 0;
  bool reopened = false;
  std::vector<product_id> short_of{};
  bool operator==(const stock_refused&) const = default;
};
/// Stock was reserved for a round the order no longer wants: it is given back.
struct stock_came_late {
  uint32_t round = 0;
  bool operator==(const stock_came_late&) const = default;
};
struct stock_released {
  uint32_t round = 0;
  bool operator==(const stock_released&) const = default;
};
struct stock_consumed {
  uint32_t round = 0;
  bool operator==(const stock_consumed&) const = default;
};
/// The customer chose how to pay before stock was held.
struct payment_requested {
  std::string method;
  bool operator==(const payment_requested&) const = default;
};
/// An attempt to charge begins; its number is the next one.
struct payment_started {
  std::string method;
  bool operator==(const payment_started&) const = default;
};
/// The current attempt brought the money: the order is paid. Empty `transaction`: nothing was due (waived).
struct payment_captured {
  std::string transaction;
  minor_units amount = 0;
  bool operator==(const payment_captured&) const = default;
};
struct payment_declined {
  uint32_t attempt = 0;
  std::string reason;
  bool operator==(const payment_declined&) const = default;
};
/// The gateway gave no answer to the attempt so far.
struct payment_unknown {
  uint32_t attempt = 0;
  bool operator==(const payment_unknown&) const = default;
};
/// The right amount came before stock was held.
struct early_capture_recorded {
  std::string transaction;
  minor_units amount = 0;
  bool operator==(const early_capture_recorded&) const = default;
};
/// Money came that does not pay for this order.
struct unmatched_capture_recorded {
  uint32_t attempt = 0;
  std::string transaction;
  minor_units amount = 0;
  unmatched_reason why = unmatched_reason::none;
  bool operator==(const unmatched_capture_recorded&) const = default;
};
/// A part of the accepted capture was promised back.
struct refund_granted {
  minor_units amount = 0;
  bool operator==(const refund_granted&) const = default;
};
/// Money goes back; the number is the next one.
struct refund_started {
  minor_units amount = 0;
  bool operator==(const refund_started&) const = default;
};
struct refund_settled {
  uint32_t number = 0;
  minor_units cumulative = 0;
  bool operator==(const refund_settled&) const = default;
};
struct refund_refused {
  uint32_t number = 0;
  std::string reason;
  bool operator==(const refund_refused&) const = default;
};
/// The gateway has returned more than we asked it to, `amount` more than was known. (0: recorded before amounts were.)
struct external_refund_recorded {
  minor_units cumulative = 0;
  minor_units amount = 0;
  bool operator==(const external_refund_recorded&) const = default;
};
struct cancel_requested {
  bool operator==(const cancel_requested&) const = default;
};
struct expiry_requested {
  bool operator==(const expiry_requested&) const = default;
};
struct order_cancelled {
  cancel_reason reason{};
  bool operator==(const order_cancelled&) const = default;
};
/// `who`: the order's customer with what the request named of the receiver; empty: nothing was named.
struct shipment_requested {
  customer who;
  bool operator==(const shipment_requested&) const = default;
};
/// The parcel is on its way. `cancel_request_dropped`: a request to cancel came too late.
struct order_shipped {
  std::string tracking;
  bool cancel_request_dropped = false;
  bool operator==(const order_shipped&) const = default;
};
/// The carrier booked a shipment of an order that is cancelled.
struct late_booking_recorded {
  std::string tracking;
  bool operator==(const late_booking_recorded&) const = default;
};
struct booking_refused {
  std::string reason;
  bool operator==(const booking_refused&) const = default;
};
struct order_delivered {
  bool operator==(const order_delivered&) const = default;
};
struct payment_reminded {
  bool operator==(const payment_reminded&) const = default;
};
/// The customer's "order timeout alert".
struct payment_alert_raised {
  bool operator==(const payment_alert_raised&) const = default;
};
/// The inventory's answer is overdue.
struct stock_alert_raised {
  bool operator==(const stock_alert_raised&) const = default;
};
struct shipping_alert_raised {
  bool operator==(const shipping_alert_raised&) const = default;
};
/// A person has to look at it.
struct operator_needed {
  operator_reason reason{};
  std::string detail{};    ///< What it is about, where the reason does not say it: the name of a transaction.
  uint32_t number = 0;     ///< Of the matter; 0: raised before matters were kept.
  minor_units amount = 0;  ///< As in operator_matter.
  uint32_t about = 0;
  currency money{};
  bool operator==(const operator_needed&) const = default;
};
/// A person settled what waited for one; what it meant is the event that follows.
struct operator_resolved {
  std::string what;
  std::string why;
  std::string by;
  bool operator==(const operator_resolved&) const = default;
};

/// The order's one invoice was issued; `who` is the order's customer with what the invoice named of him.
struct invoice_issued {
  customer who;
  bool operator==(const invoice_issued&) const = default;
};

/// The cart of which the order was placed knows how the placement ended.
struct cart_settled {
  bool operator==(const cart_settled&) const = default;
};

/// What is still owed of a refund that does not come about goes back as another one.
struct refund_replaced {
  uint32_t number = 0;
  bool operator==(const refund_replaced&) const = default;
};
/// A refused refund was returned without the gateway.
struct refund_made_otherwise {
  uint32_t number = 0;
  bool operator==(const refund_made_otherwise&) const = default;
};
/// A person has looked at it, and nothing is left to do.
struct matter_closed {
  uint32_t number = 0;
  bool operator==(const matter_closed&) const = default;
};
/// Money came in another currency than the order's. Told again with another figure, that one counts.
struct foreign_capture_recorded {
  uint32_t attempt = 0;
  std::string transaction;
  minor_units amount = 0;
  currency money;
  bool operator==(const foreign_capture_recorded&) const = default;
};

/// An operator has settled the attempt. Nothing is charged for it any more; the gateway is only asked what it knows of the
/// charge, so that money which came all the same is found.
struct charge_question_opened {
  uint32_t attempt = 0;
  bool operator==(const charge_question_opened&) const = default;
};
/// The gateway has told how that charge stands, or does not know of it.
struct charge_question_closed {
  uint32_t attempt = 0;
  bool operator==(const charge_question_closed&) const = default;
};

using order_event =
    std::variant<cart_opened, cart_changed, order_placed, cart_checked_out, stock_held, stock_refused, stock_came_late,
                 stock_released, stock_consumed, payment_requested, payment_started, payment_captured, payment_declined,
                 payment_unknown, early_capture_recorded, unmatched_capture_recorded, refund_granted, refund_started,
                 refund_settled, refund_refused, external_refund_recorded, cancel_requested, expiry_requested, order_cancelled,
                 shipment_requested, order_shipped, late_booking_recorded, booking_refused, order_delivered, payment_reminded,
                 payment_alert_raised, stock_alert_raised, shipping_alert_raised, operator_needed, operator_resolved,
                 invoice_issued, cart_settled, refund_replaced, refund_made_otherwise, matter_closed, charge_question_opened,
                 charge_question_closed, foreign_capture_recorded>;

/// An event and when it happened (the time of the command that caused it).
struct recorded_event {
  order_event event;
  timestamp at{};
  bool operator==(const recorded_event&) const = default;
};

}  // namespace orderflow
