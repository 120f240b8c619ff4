// What an order can be asked (requests) and told (reports from outside). Time comes in with the command, from outside.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "domain/order/order.hpp"

namespace orderflow {

// Requests: may be refused.

/// Opens a cart (D2): pending, awaiting checkout, nothing reserved.
struct open_cart {
  order_id id;
  provenance source;
  customer who;
  currency money;
  std::vector<order_line> lines;
  timer_policy timers;
  tax_policy tax{};
};
/// Replaces the lines of an open cart.
struct replace_lines {
  std::vector<order_line> lines;
};
/// Places an order that did not exist before. `pay_with`: charge this method as soon as stock is held.
struct place_order {
  order_id id;
  provenance source;
  customer who;
  currency money;
  std::vector<order_line> lines;
  timer_policy timers;
  std::optional<std::string> pay_with;
  bool decline_cancels = false;
  tax_policy tax{};
  std::optional<cart_claim> cart{};
};
/// Turns an open cart into a placed order; `who` carries the name, phone and address of the invoice.
struct checkout {
  customer who;
  std::optional<std::string> pay_with;
};
/// Charges the customer with this method.
struct pay_order {
  std::string method;
};
/// Cancels; money taken goes back.
struct cancel_order {};
/// Gives back a part of what was captured, or all of the rest when `amount` is empty.
struct refund_order {
  std::optional<minor_units> amount;
};
/// Hands the order to the carrier; with `tracking` (known already, from Kafka) it ships at once. What `to` names of the
/// receiver counts instead of what the order knew.
struct ship_order {
  std::string tracking;
  customer to{};
};
struct deliver_order {};
/// An operator's word on an attempt whose outcome the gateway does not tell. `transaction` empty: not captured.
struct resolve_attempt {
  std::string transaction;
  std::string why;
  std::string by;
};
/// An operator's word on a booking that hangs: it did not take place.
struct resolve_shipment {
  std::string why;
  std::string by;
};
/// An operator's word on a refund that the gateway refused or does not tell about: `returned` (a refused one by other means), or
/// else it is to be tried again as another one.
struct resolve_refund {
  uint32_t number = 0;
  bool returned = false;
  std::string why;
  std::string by;
};
/// An operator's word on a capture under another name: `held` is money besides what is known, which goes back; otherwise it is
/// the same money.
struct resolve_capture {
  std::string transaction;
  bool held = false;
  std::string why;
  std::string by;
};
/// An operator has looked at the matter, and there is nothing else to do about it.
struct resolve_matter {
  uint32_t number = 0;  ///< 0: one that came up before matters had numbers.
  std::string why;
  std::string by;
};
/// Issues the order's one invoice, to `who`. For an open cart it is the checkout.
struct issue_invoice {
  customer who;
};

// Reports: recorded, never refused.

struct stock_was_reserved {
  uint32_t round = 0;
};
struct stock_was_refused {
  uint32_t round = 0;
  std::vector<product_id> short_of{};
};
struct stock_was_released {
  uint32_t round = 0;
};
struct stock_was_consumed {
  uint32_t round = 0;
};
/// The gateway holds the money of this attempt. `money`: its currency, where the gateway says it; otherwise the order's.
struct money_was_captured {
  uint32_t attempt = 0;
  std::string transaction;
  minor_units amount = 0;
  std::optional<currency> money{};
};
/// `money`: of the payment that was declined, as above.
struct payment_was_declined {
  uint32_t attempt = 0;
  std::string reason;
  std::optional<currency> money{};
};
/// The gateway gave no answer, or does not know the key: the outcome is unknown.
struct payment_has_no_answer {
  uint32_t attempt = 0;
};
/// Asked about a charge that an operator has settled, the gateway does not know of it; or it was never sent.
struct payment_was_not_found {
  uint32_t attempt = 0;
};
/// The attempt may have been sent, the gateway does not know it, and to send it again could take the money twice.
struct charge_is_unknown {
  uint32_t attempt = 0;
};
/// Refund `number` is through; `cumulative` = all that the gateway has returned for this order so far.
struct refund_was_settled {
  uint32_t number = 0;
  minor_units cumulative = 0;
};
struct refund_was_refused {
  uint32_t number = 0;
  std::string reason;
  minor_units cumulative = 0;  ///< As above, as far as the refusal says it.
};
/// The gateway tells how much it has returned, and refund `number` is not among that.
struct refund_was_not_shown {
  uint32_t number = 0;
  minor_units cumulative = 0;
};
/// Refund `number` may have been sent, the gateway does not show it, and to send it again could return the money twice.
struct refund_is_unknown {
  uint32_t number = 0;
};
/// Somebody returned money at the gateway without us; `cumulative` as above, in `money` where the gateway says it.
struct refund_was_seen {
  minor_units cumulative = 0;
  std::optional<currency> money{};
};
struct shipment_was_booked {
  std::string tracking;
};
struct booking_was_refused {
  std::string reason;
};
/// The cart of which the order was placed knows how the placement ended.
struct cart_was_settled {};
/// A deadline of `next_deadline` has come. One that no longer fits the order changes nothing.
enum class deadline_kind : uint8_t {
  payment_reminder = 1,
  payment_alert = 2,
  payment_due = 3,
  stock_confirm = 4,
  cart_expiry = 5,
  shipping_overdue = 6,
};
struct deadline_has_come {
  deadline_kind kind{};
};

using order_action =
    std::variant<open_cart, replace_lines, place_order, checkout, pay_order, cancel_order, refund_order, ship_order,
                 deliver_order, resolve_attempt, resolve_shipment, resolve_refund, resolve_capture, resolve_matter, issue_invoice,
                 stock_was_reserved, stock_was_refused, stock_was_released, stock_was_consumed, money_was_captured,
                 payment_was_declined, payment_has_no_answer, payment_was_not_found, charge_is_unknown, refund_was_settled,
                 refund_was_refused, refund_was_not_shown, refund_was_seen, shipment_was_booked, booking_was_refused,
                 deadline_has_come, cart_was_settled, refund_is_unknown>;

struct order_command {
  order_action action;
  timestamp at{};  ///< From the clock of whoever made the command.
};

}  // namespace orderflow
