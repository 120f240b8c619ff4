// The words of DD-ORDER-001 (D4): decoding its bodies, encoding its orders and payments. Pure, so that they are tested
// without a server. Field order and number formats are the document's; what it does not have comes after.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "codec/json.hpp"
#include "domain/order/commands.hpp"
#include "http/api/common/reading.hpp"
#include "http/api/common/waiting.hpp"
#include "http/pipeline/problem.hpp"

namespace orderflow::orders_v1 {

struct api_settings {
  currency default_currency{{'J', 'P', 'Y'}};
  timer_policy timers;                                 ///< Of the orders placed here.
  bool unknown_products_allowed = true;                ///< A line whose product the catalogue does not know keeps its own price.
  milliseconds usual_wait = std::chrono::seconds{10};  ///< Calls that answer after the saga.
  milliseconds longest_wait = std::chrono::seconds{30};  ///< What `Prefer: wait=n` may ask for.
  bool any_payment_method = false;                       ///< Methods are a payment service's own words, not the sandbox's.
};

/// The order wanted, without id and owner; or everything that is wrong with the body.
[[nodiscard]] std::variant<place_order, problem> decode_order(std::string_view body, const api_settings& settings);

struct status_body {
  order_status status{};
  std::optional<std::string> payment_method;
  std::string tracking;
};
[[nodiscard]] std::variant<status_body, problem> decode_status(std::string_view body, const api_settings& settings = {});

/// What an operator's word is about: the payment attempt in progress, the carrier's booking, a refused refund, a capture under
/// another name, or what only had to be looked at.
enum class resolution_target : uint8_t { payment = 1, shipment = 2, refund = 3, capture = 4, matter = 5 };
struct operator_resolution {
  resolution_target what = resolution_target::payment;
  std::string transaction;  ///< Of a payment or a capture; empty: not captured.
  uint32_t number = 0;      ///< Of the refund or the matter.
  bool yes = false;         ///< captured, returned or held.
  std::string why;
};
[[nodiscard]] std::variant<operator_resolution, problem> decode_resolution(std::string_view body);

struct payment_body {
  order_id order;
  currency money;
  minor_units amount = 0;
  std::string method;
};
[[nodiscard]] std::variant<payment_body, problem> decode_payment(std::string_view body, const api_settings& settings);

/// `amount` keeps the number's text: the currency is the order's, which has to be looked at first.
struct refund_body {
  order_id order;
  bool names_payment = false;  ///< By the payment's number alone.
  std::optional<json_value> amount;
  std::optional<currency> money;
};
[[nodiscard]] std::variant<refund_body, problem> decode_refund(std::string_view body);

/// The document's order, then our own fields: payment, cancel_reason, batch_id, …
void write_order(json_writer& out, const order& now);
[[nodiscard]] std::string order_json(const order& now);
/// One order asked for alone: also waiting_for, allowed, events.
[[nodiscard]] std::string order_detail_json(const order& now, const effect_progress* busy);

/// There is something to tell: an attempt, or the request for one.
[[nodiscard]] bool has_payment(const order& now);
/// "processing", "completed", "failed", "refunded".
[[nodiscard]] std::string_view payment_status_word(const order& now);
[[nodiscard]] std::string payment_json(const order& now);

}  // namespace orderflow::orders_v1
