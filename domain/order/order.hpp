// The state of an order: what its events add up to.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "domain/ids.hpp"
#include "domain/money.hpp"
#include "domain/order/status.hpp"
#include "domain/tax.hpp"

namespace orderflow {

/// Who the order is for, in the words of whichever document it came through. Empty where unknown.
struct customer {
  std::string id;
  std::string email;
  std::string name;
  std::string phone;
  std::string address;
  bool operator==(const customer&) const = default;
};

/// One line. `tracked`: its product is in the catalogue, so stock is reserved and the catalogue's price counts;
/// otherwise the client named and priced it. The item's id towards clients is its place, counted from 1.
struct order_line {
  product_id product;
  std::string name;
  int64_t quantity = 0;
  minor_units unit_price = 0;
  bool tracked = false;
  bool operator==(const order_line&) const = default;
};

/// How long after its start each deadline comes. Kept with the order: deadlines are data, and a changed
/// configuration is for new orders only.
struct timer_policy {
  milliseconds payment_reminder = std::chrono::minutes{10};  ///< From placing: remind, once.
  milliseconds payment_alert = std::chrono::minutes{20};     ///< From placing: order-timeout alert, once.
  milliseconds payment_due = std::chrono::minutes{30};       ///< From placing: the unpaid order expires.
  milliseconds stock_confirm = std::chrono::seconds{30};     ///< From placing: alert, once.
  milliseconds cart_expiry = std::chrono::hours{24};         ///< From the cart's last change: the open cart expires.
  milliseconds shipping_overdue = std::chrono::hours{48};    ///< From payment: alert, once.
  bool operator==(const timer_policy&) const = default;
};

/// Where the order came from; written once, shown in lists.
struct provenance {
  std::string owner;        ///< Whose order it is: the customer that created it, or the one that staff named.
  std::string tenant;       ///< The merchant.
  std::string origin;       ///< Dialect: "d0" … "d4", "kafka", "import".
  std::string external_id;  ///< The producer's id, for orders from Kafka.
  std::string batch_id;
  std::string csv_source;
  std::string import_group;
  /// Subject of the principal that created it, never shown as the customer. Empty: of a version that knew no other owner.
  std::string creator{};
  /// The tenant's number: of the catalogue and the warehouse that the order is served from. 1: also of every order that began
  /// when all tenants shared one.
  int64_t tenant_number = 1;
  bool operator==(const provenance&) const = default;
};

/// One try to charge the customer; its number is its place in `order::attempts`, counted from 1.
/// The key towards the gateway is `charge/<order>/<number>`; the transaction id shown to clients is order id × 100 + number.
struct payment_attempt {
  std::string method;  ///< Gateway token; never a card number.
  attempt_status status = attempt_status::started;
  std::string reason;       ///< Of the decline.
  std::string transaction;  ///< The gateway's own id of the capture; empty for a waived one.
  timestamp started_at{};
  timestamp settled_at{};
  bool asked_about = false;  ///< Settled by an operator, and the gateway has not told yet what it knows of the charge.
  bool operator==(const payment_attempt&) const = default;
};

/// Money that reached us and does not pay for this order (wrong amount, second capture, capture of a declined attempt).
struct unmatched_capture {
  std::string transaction;
  minor_units amount = 0;
  uint32_t attempt = 0;  ///< 0: recorded before attempts were, or of no attempt of ours.
  unmatched_reason why = unmatched_reason::none;
  timestamp at{};
  bool operator==(const unmatched_capture&) const = default;
};

/// Money that reached us in another currency than the order's. It counts in none of the order's sums: what becomes of it is the
/// operator's to see to.
struct foreign_capture {
  std::string transaction;
  minor_units amount = 0;  ///< Of `money`.
  currency money;
  uint32_t attempt = 0;  ///< 0: of no attempt of ours.
  timestamp at{};
  bool operator==(const foreign_capture&) const = default;
};

/// One return of money; its number is its place in `order::refunds`, counted from 1. Key: `refund/<order>/<number>`.
struct refund_record {
  minor_units amount = 0;
  refund_status status = refund_status::started;
  timestamp started_at{};
  timestamp settled_at{};
  bool operator==(const refund_record&) const = default;
};

/// Money that somebody returned at the gateway without us.
struct external_refund {
  minor_units amount = 0;
  timestamp at{};
  bool operator==(const external_refund&) const = default;
};

/// What a person has to look at, until it is resolved. See domain/order/attention.hpp.
struct operator_matter {
  uint32_t number = 0;  ///< Within the order, from 1; never used again.
  operator_reason reason = operator_reason::none;
  std::string detail;      ///< The name of a transaction, or the service's own words.
  minor_units amount = 0;  ///< The money that it is about; 0 where it is about none.
  uint32_t about = 0;      ///< The number of the attempt or the refund.
  timestamp since{};
  currency money{};  ///< Of the amount; XXX: the order's.
  bool operator==(const operator_matter&) const = default;
};

struct shipment_record {
  shipment_status status = shipment_status::none;
  std::string tracking;
  bool operator==(const shipment_record&) const = default;
};

/// What an earlier round asked the inventory for. Kept because a cart may be changed after a refusal while the inventory can
/// still answer for the old round: what is given back must be what was reserved.
struct former_lines {
  uint32_t last_round = 0;        ///< The last round that asked for these lines.
  std::vector<order_line> lines;  ///< Tracked ones only.
  bool operator==(const former_lines&) const = default;
};

/// The cart of which the order is a placement (D3): that of the order's tenant and this user.
struct cart_claim {
  std::string user;
  uint64_t round = 0;  ///< Of the cart: one order comes of each.
  bool operator==(const cart_claim&) const = default;
};

/// Each alert happens once.
struct raised_alerts {
  bool payment_reminder = false;
  bool payment_alert = false;
  bool stock_alert = false;
  bool shipping_alert = false;
  bool operator==(const raised_alerts&) const = default;
};

struct order {
  order_id id;           ///< 0 until the first event.
  uint64_t version = 0;  ///< Sequence number of the last event folded; 0 = nothing happened yet.
  order_status status = order_status::pending;
  pending_reason reason = pending_reason::awaiting_checkout;  ///< Meaningful while pending.
  provenance source;
  customer who;
  currency money;
  std::vector<order_line> lines;
  minor_units total = 0;         ///< Σ quantity × unit_price, and with `tax_mode::added` the tax.
  bool from_cart = false;        ///< Began as a D2 cart: a stock refusal reopens it.
  bool decline_cancels = false;  ///< D3's place: a definite decline cancels.
  timer_policy timers;
  raised_alerts alerts;
  timestamp created_at{};
  timestamp updated_at{};
  timestamp placed_at{};  ///< Every timer of a placed order counts from here.
  timestamp paid_at{};

  stock_status stock = stock_status::none;
  uint32_t round = 0;  ///< Of the reservation; a new checkout starts the next one.

  std::vector<payment_attempt> attempts;        ///< At most 99.
  std::optional<std::string> requested_method;  ///< Method to charge as soon as stock is held.
  minor_units accepted = 0;                     ///< The capture that pays for the order; 0 if none (or the total is 0).
  std::string early_capture;                    ///< Transaction of a right capture that came before stock was held.
  std::vector<unmatched_capture> unmatched;
  minor_units granted = 0;              ///< Σ of the parts of the accepted capture promised back.
  minor_units refunded_by_gateway = 0;  ///< The gateway's cumulative figure, the largest seen.
  std::vector<refund_record> refunds;

  shipment_record shipment;
  bool cancel_requested = false;  ///< Cancel as soon as what is in the way has settled.
  bool expiry_requested = false;  ///< The same, requested by the payment deadline.
  cancel_reason cancelled_because = cancel_reason::none;
  operator_reason needs_operator = operator_reason::none;

  bool stock_was_held = false;        ///< While releasing: the order saw the reservation that it gives back.
  std::vector<uint32_t> late_rounds;  ///< Reserved for rounds the order no longer wants, to be given back.
  std::vector<former_lines> former;   ///< By round, ascending; see there.

  orderflow::tax_policy tax_policy;
  minor_units tax = 0;    ///< Contained in `total`.
  bool invoiced = false;  ///< The order's one invoice has been issued; its number is the order's.

  std::optional<cart_claim> cart;    ///< The cart is told when the order is paid or cancelled.
  bool cart_settled = false;         ///< It knows.
  std::vector<product_id> short_of;  ///< What the inventory could not give when it last refused.

  std::vector<external_refund> external_refunds;
  /// Open ones, in the order in which they came up. Empty with `needs_operator` set: it came up before matters were kept.
  std::vector<operator_matter> matters;
  uint32_t last_matter = 0;  ///< Number of the matter that came up last.
  std::vector<foreign_capture> foreign_captures;

  bool operator==(const order&) const = default;

  [[nodiscard]] bool exists() const { return version != 0; }
  [[nodiscard]] bool pending_for(pending_reason why) const { return status == order_status::pending && reason == why; }
  [[nodiscard]] bool placed() const { return exists() && !pending_for(pending_reason::awaiting_checkout); }
  [[nodiscard]] uint32_t current_attempt() const { return static_cast<uint32_t>(attempts.size()); }
  [[nodiscard]] bool tracks_stock() const;
};

/// Whom the order is for, as it is shown: never somebody who only wrote it down.
[[nodiscard]] const std::string& customer_of(const order& now);

/// Σ of all money that reached us for this order: the accepted capture and the strays.
[[nodiscard]] minor_units captured_sum(const order& now);
/// The larger of the gateway's cumulative figure and the sum of our settled refunds, and what was returned without the gateway.
[[nodiscard]] minor_units refunded_sum(const order& now);
/// The gateway's cumulative figure once the refund of that number is among what went back, and those that were started before it.
[[nodiscard]] minor_units refunded_with(const order& now, uint32_t number);
/// Money that has to go back and is not on its way yet: max(0, captured − kept − refunded − in flight), where kept is the
/// accepted capture less the granted parts while the order is awaiting_stock, paid, shipped or delivered, else 0.
/// A refused refund stays "in flight" until something is known that explains the refusal, or an operator settles it, so that it
/// is not tried for ever.
[[nodiscard]] minor_units pending_refund(const order& now);

/// The cart of which it was placed has to be told how that ended: the order is paid or cancelled.
[[nodiscard]] bool owes_its_cart(const order& now);

/// Nothing is going on that a waiting caller would want to see the end of: no stock answer, no charge, no booking
/// outstanding, and the cart that the order was placed of knows.
[[nodiscard]] bool settled(const order& now);

}  // namespace orderflow
