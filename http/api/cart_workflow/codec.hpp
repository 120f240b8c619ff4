// The words of the cart workflow (D3): decoding its bodies, encoding carts, orders, payments, errors. Pure, so that they are
// tested without a server. The document's ids are numbers: an id that is a number is written as one.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "codec/json.hpp"
#include "domain/account/cart_prices.hpp"
#include "domain/catalogue/catalogue.hpp"
#include "domain/inventory/inventory.hpp"
#include "http/api/common/id_json.hpp"
#include "http/api/common/payment_choice.hpp"
#include "http/api/common/reading.hpp"

namespace orderflow::cart_workflow {

struct api_settings {
  currency money{{'U', 'S', 'D'}};                       ///< Of every cart.
  timer_policy timers;                                   ///< Of the orders placed here.
  milliseconds usual_wait = std::chrono::seconds{10};    ///< Calls that answer after the saga.
  milliseconds longest_wait = std::chrono::seconds{30};  ///< What `Prefer: wait=n` may ask for.
  bool foreign_carts = false;                            ///< What is placed is in the carts of a cart service.
};

/// {"status":"FAILED","error":"OUT_OF_STOCK","message":"…"}. 422 does not exist in this dialect: what is wrong is 400.
[[nodiscard]] reply problem_reply(const problem& what, std::string_view request_id);

// Bodies.

struct item_body {
  std::string user;
  product_id product;
  int64_t quantity = 0;
};
[[nodiscard]] std::variant<item_body, problem> decode_add(std::string_view body);
/// The quantity alone: user and product are in the path.
[[nodiscard]] std::variant<int64_t, problem> decode_quantity(std::string_view body);

struct reduce_body {
  std::string order;              ///< As sent; empty: none.
  std::vector<stock_line> lines;  ///< Sorted by product, each once.
  bool by_path = false;           ///< One product, named in the path: it may be a part of its order.
};
/// Without an order each call takes goods, so that it must not be left out by mistake.
inline constexpr std::string_view order_must_not_be_blank = "must not be blank; leave it out, or name an order";
[[nodiscard]] std::variant<reduce_body, problem> decode_reduce(std::string_view body);

struct payment_body {
  order_id order;
  std::string user;
  json_value amount;  ///< Keeps the number's text: the currency is the order's, which has to be looked at first.
  payment_choice choice;
};
[[nodiscard]] std::variant<payment_body, problem> decode_payment(std::string_view body);

struct place_body {
  std::string user;
  payment_choice choice;
  std::optional<minor_units> total;  ///< What the client takes the cart to cost: `totalPrice`, or `expectedTotal`.
};
[[nodiscard]] std::variant<place_body, problem> decode_place(std::string_view body, currency money);

// Replies.

/// userId, items[productId, name, quantity, price], totalPrice, at the prices that the customer was told; `currentPrice` and
/// `currentTotalPrice` where the catalogue has others by now.
[[nodiscard]] std::string cart_json(const account& kept, const catalogue& known, currency money);
/// orderId, userId, items, totalPrice, paymentStatus, status, timestamp.
void write_order(json_writer& out, const order& now);
/// orderId, paymentId, transactionId, status, and for a failed one the reason.
[[nodiscard]] std::string payment_json(const order& now);

/// How the payment stands: SUCCESS 200, FAILED 402, PENDING 202. REFUNDING: money was taken and none of it is to stay;
/// REFUNDED: all of it went back.
enum class payment_state : uint8_t { success = 1, failed = 2, pending = 3, refunding = 4, refunded = 5 };
[[nodiscard]] payment_state payment_state_of(const order& now);
/// Of a reply to whoever wants to pay: an order that was cancelled with its money is 409.
[[nodiscard]] uint16_t http_status_of(const order& now);
[[nodiscard]] std::string decline_reason_of(const order& now);

/// What there is too little of.
struct shortage {
  stock_line wanted;
  int64_t available = 0;
};
/// 409 OUT_OF_STOCK with the lines. `failed_flag`: also `success: false`, where the document's reply has `success`.
[[nodiscard]] reply out_of_stock_reply(const std::vector<shortage>& lines, bool failed_flag);
/// 409: the cart costs something else than its customer was told (PRICE_CHANGED), or than the client says (TOTAL_DIFFERS).
[[nodiscard]] reply price_changed_reply(const cart_prices& found, std::optional<minor_units> expected, currency money);
/// success, items[productId, availableQuantity].
[[nodiscard]] reply reduced_reply(const std::vector<stock_row>& levels);

}  // namespace orderflow::cart_workflow
