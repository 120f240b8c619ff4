// The words of OrderFlowAPI (D2): decoding its bodies, encoding its replies. Pure, so that they are tested without a server.
// Field order and number formats are the document's.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "codec/json.hpp"
#include "domain/account/stored_method.hpp"
#include "domain/order/commands.hpp"
#include "http/pipeline/problem.hpp"

namespace orderflow::orderflow_api {

struct api_settings {
  currency default_currency{{'U', 'S', 'D'}};
  timer_policy timers;  ///< Of the carts opened here.
  tax_policy tax{};     ///< Likewise.
  bool unknown_products_allowed = true;
  milliseconds usual_wait = std::chrono::seconds{10};    ///< Calls that answer after stock, payment or carrier.
  milliseconds longest_wait = std::chrono::seconds{30};  ///< What `Prefer: wait=n` may ask for.
};

/// {"status":"error","code":"…","message":"…"}. 422 does not exist in this dialect: what is wrong is 400.
[[nodiscard]] reply problem_reply(const problem& what, std::string_view request_id);

/// The order's lines once its currency is known. `price` is echoed as it was sent.
struct item_body {
  product_id product;
  int64_t quantity = 0;
  json_value price;
};
struct cart_body {
  std::string customer;
  std::vector<item_body> items;
  std::optional<order_id> order;  ///< Replace the lines of this cart.
  std::optional<currency> money;  ///< Of a new cart.
};
[[nodiscard]] std::variant<cart_body, problem> decode_cart(std::string_view body);

struct invoice_body {
  std::string customer;
  order_id order;
  json_value tax;
  json_value subtotal;
  json_value total;
  std::optional<currency> money;
  std::vector<item_body> items;
  std::string name;
  std::string phone;
  std::string address;
};
[[nodiscard]] std::variant<invoice_body, problem> decode_invoice(std::string_view body);

struct payment_body {
  std::string customer;
  order_id invoice;  ///< An invoice has its order's number.
  json_value total;
  std::string method;  ///< Empty: the customer's method on file.
};
[[nodiscard]] std::variant<payment_body, problem> decode_payment(std::string_view body);

struct shipment_body {
  order_id order;
  customer to;
};
struct mail_body {
  std::string_view event;  ///< One of the document's three, a literal.
  std::string name;
  std::string email;
  std::optional<order_id> order;
};
/// The document gives both calls one path: a body with `event` is a mail, one without is a shipment.
[[nodiscard]] std::variant<shipment_body, mail_body, problem> decode_shipping(std::string_view body);

/// The items with their prices read in the currency; what is wrong with them.
[[nodiscard]] std::variant<std::vector<order_line>, problem> order_lines_of(const std::vector<item_body>& items, currency money);

/// What an invoice says differs from the order: currency, amounts, or the lines as a multiset of (quantity, price). (The
/// document's own example names other products in the invoice than in the cart.)
[[nodiscard]] std::optional<problem> check_invoice(const invoice_body& said, const order& now);
[[nodiscard]] std::optional<problem> check_total(const json_value& total, const order& now);

[[nodiscard]] std::string cart_json(const order& now, const std::vector<item_body>& items);
[[nodiscard]] std::string invoice_json(const order& now, std::string_view customer);
/// `now` is paid.
[[nodiscard]] std::string payment_json(const order& now, const stored_method& card, std::string_view customer);
/// Still going on: {"status":"payment_processing","orderId":"456",…}.
[[nodiscard]] std::string progress_json(const order& now);
[[nodiscard]] std::string tracking_json(const order& now);

}  // namespace orderflow::orderflow_api
