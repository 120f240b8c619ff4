// The words of DD-ORDER-001 (D4): decoding its bodies, encoding its orders and payments. Pure, so that they are tested
// without a server. Field order and number formats are the document's; what it does not have comes after.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "codec/json.hpp"
#include "domain/order/commands.hpp"
#include "http/dialects/reading.hpp"
#include "http/dialects/waiting.hpp"
#include "http/problem.hpp"

namespace orderflow {

struct d4_settings {
  currency default_currency{{'J', 'P', 'Y'}};
  timer_policy timers;                                 ///< Of the orders placed here.
  bool unknown_products_allowed = true;                ///< A line whose product the catalogue does not know keeps its own price.
  milliseconds usual_wait = std::chrono::seconds{10};  ///< Calls that answer after the saga.
  milliseconds longest_wait = std::chrono::seconds{30};  ///< What `Prefer: wait=n` may ask for.
  bool any_payment_method = false;                       ///< Methods are a payment service's own words, not the sandbox's.
};

/// The order wanted, without id and owner; or everything that is wrong with the body.
[[nodiscard]] std::variant<place_order, problem> d4_decode_order(std::string_view body, const d4_settings& settings);

struct d4_status_wish {
  order_status status{};
  std::optional<std::string> payment_method;
  std::string tracking;
};
[[nodiscard]] std::variant<d4_status_wish, problem> d4_decode_status(std::string_view body, const d4_settings& settings = {});

/// What an operator's word is about: the payment attempt in progress, the carrier's booking, a refused refund, a capture under
/// another name, or what only had to be looked at.
enum class settlement_of : uint8_t { payment = 1, shipment = 2, refund = 3, capture = 4, matter = 5 };
struct d4_settlement {
  settlement_of what = settlement_of::payment;
  std::string transaction;  ///< Of a payment or a capture; empty: not captured.
  uint32_t number = 0;      ///< Of the refund or the matter.
  bool yes = false;         ///< captured, returned or held.
  std::string why;
};
[[nodiscard]] std::variant<d4_settlement, problem> d4_decode_settlement(std::string_view body);

struct d4_payment_wish {
  order_id order;
  currency money;
  minor_units amount = 0;
  std::string method;
};
[[nodiscard]] std::variant<d4_payment_wish, problem> d4_decode_payment(std::string_view body, const d4_settings& settings);

/// `amount` keeps the number's text: the currency is the order's, which has to be looked at first.
struct d4_refund_wish {
  order_id order;
  bool names_payment = false;  ///< By the payment's number alone.
  std::optional<json_value> amount;
  std::optional<currency> money;
};
[[nodiscard]] std::variant<d4_refund_wish, problem> d4_decode_refund(std::string_view body);

/// The document's order, then our own fields: payment, cancel_reason, batch_id, …
void d4_write_order(json_writer& out, const order& now);
[[nodiscard]] std::string d4_order(const order& now);
/// One order asked for alone: also waiting_for, allowed, events.
[[nodiscard]] std::string d4_order_in_detail(const order& now, const effect_progress* busy);

/// There is something to tell: an attempt, or the wish to make one.
[[nodiscard]] bool d4_has_payment(const order& now);
/// "processing", "completed", "failed", "refunded".
[[nodiscard]] std::string_view d4_payment_status(const order& now);
[[nodiscard]] std::string d4_payment(const order& now);

}  // namespace orderflow
