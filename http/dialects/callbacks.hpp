// What a payment gateway tells us by itself: DD-ORDER-001 §2.6 (`POST /api/v1/orders/{id}/webhook`) and the shop's
// `POST /api/payment/callback`. Both are signed, both say the same; only the place of the order's number and the reply differ.
// A word that comes again, late or out of order has one effect: the order's keyed command knows its event id.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "codec/json.hpp"
#include "domain/order/commands.hpp"
#include "http/dialects/edge.hpp"
#include "http/router.hpp"

namespace orderflow {

enum class callback_status : uint8_t { completed = 1, failed = 2, refunded = 3 };

/// One word of the gateway.
struct payment_callback {
  std::string event;        ///< Unique at the source: comes again with each delivery of the same word.
  std::string payment;      ///< Names the attempt; see `attempt_named`.
  std::string transaction;  ///< The same, or the gateway's own number of the capture. One of the two is there.
  callback_status status{};
  std::optional<json_value> amount;  ///< The number as sent: its currency is the order's.
  std::string reason;
  std::optional<order_id> order;  ///< Of the body; the path counts where it has one.
};

/// Field names of either document ("event_id", "eventId"), status words in any case.
[[nodiscard]] std::variant<payment_callback, problem> decode_callback(std::string_view body);

/// The order's attempt of that name: order id × 100 + attempt (also "TXN…"), the gateway's transaction of a capture, or the
/// order's own number for the latest attempt. Nothing: it is not a payment of this order.
[[nodiscard]] std::optional<uint32_t> attempt_named(const order& now, std::string_view name);

/// What it means for this order; nothing where the gateway has to be asked first (refunded). 404: the payment is not the order's.
[[nodiscard]] std::variant<std::optional<order_action>, problem> action_of(const payment_callback& word, const order& now);

/// `on` outlives the routes.
[[nodiscard]] std::vector<route> callback_routes(edge& on);

}  // namespace orderflow
