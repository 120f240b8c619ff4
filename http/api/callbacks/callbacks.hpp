// What a payment gateway tells us by itself: DD-ORDER-001 §2.6 (`POST /api/v1/orders/{id}/webhook`) and the shop's
// `POST /api/payment/callback`. Both are signed, both say the same; only the place of the order's number and the reply differ.
// A callback is a hint: the gateway is asked, and its answer alone changes the order. What was said is compared with it, and a
// difference is written to the log and to the audit log. A word that comes again, late or out of order has one effect: the
// order's keyed command knows its event id. While the gateway cannot be asked the sender is told 503, nothing is recorded, and it
// repeats.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "codec/json.hpp"
#include "domain/order/commands.hpp"
#include "http/api/common/handler_context.hpp"
#include "http/pipeline/router.hpp"

namespace orderflow {

enum class callback_status : uint8_t { completed = 1, failed = 2, refunded = 3 };

/// One word of the gateway.
struct payment_callback {
  std::string event;        ///< Unique at the source: comes again with each delivery of the same word.
  std::string payment;      ///< Names the attempt; see `attempt_named`.
  std::string transaction;  ///< The same, or the gateway's own number of the capture. One of the two is there.
  callback_status status{};
  std::optional<json_value> amount;    ///< As sent, whatever it is: it is only compared.
  std::optional<json_value> currency;  ///< Likewise.
  std::optional<order_id> order;       ///< Of the body; the path counts where it has one.
};

/// Field names of either document ("event_id", "eventId"), status words in any case.
[[nodiscard]] std::variant<payment_callback, problem> decode_callback(std::string_view body);

/// The order's attempt of that name: order id × 100 + attempt (also "TXN…"), the gateway's transaction of a capture, or the
/// order's own number for the latest attempt. Nothing: it is not a payment of this order.
[[nodiscard]] std::optional<uint32_t> attempt_named(const order& now, std::string_view name);

/// The attempt that the gateway is asked about. Nothing: the payment is not the order's.
[[nodiscard]] std::optional<uint32_t> attempt_meant(const payment_callback& word, const order& now);

/// What was said is not what the gateway answers: another outcome, another amount in the order's minor units, another currency.
[[nodiscard]] bool differs(const payment_callback& word, const charge_answer& said, currency money);

/// `on` outlives the routes.
[[nodiscard]] std::vector<route> callback_routes(handler_context& context);

}  // namespace orderflow
