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
#include "http/problem.hpp"

namespace orderflow {

struct d2_settings {
  currency default_currency{{'U', 'S', 'D'}};
  timer_policy timers;  ///< Of the carts opened here.
  tax_policy tax{};     ///< Likewise.
  bool unknown_products_allowed = true;
  milliseconds usual_wait = std::chrono::seconds{10};    ///< Calls that answer after stock, payment or carrier.
  milliseconds longest_wait = std::chrono::seconds{30};  ///< What `Prefer: wait=n` may ask for.
};

/// {"status":"error","code":"…","message":"…"}. 422 does not exist in this dialect: what is wrong is 400.
[[nodiscard]] reply d2_problem(const problem& what, std::string_view request_id);

/// The order's lines once its currency is known. `price` is echoed as it was sent.
struct d2_item {
  product_id product;
  int64_t quantity = 0;
  json_value price;
};
struct d2_cart {
  std::string customer;
  std::vector<d2_item> items;
  std::optional<order_id> order;  ///< Replace the lines of this cart.
  std::optional<currency> money;  ///< Of a new cart.
};
[[nodiscard]] std::variant<d2_cart, problem> d2_decode_cart(std::string_view body);

struct d2_invoice {
  std::string customer;
  order_id order;
  json_value tax;
  json_value subtotal;
  json_value total;
  std::optional<currency> money;
  std::vector<d2_item> items;
  std::string name;
  std::string phone;
  std::string address;
};
[[nodiscard]] std::variant<d2_invoice, problem> d2_decode_invoice(std::string_view body);

struct d2_payment {
  std::string customer;
  order_id invoice;  ///< An invoice has its order's number.
  json_value total;
  std::string method;  ///< Empty: the customer's method on file.
};
[[nodiscard]] std::variant<d2_payment, problem> d2_decode_payment(std::string_view body);

struct d2_shipment {
  order_id order;
  customer to;
};
struct d2_mail {
  std::string_view event;  ///< One of the document's three, a literal.
  std::string name;
  std::string email;
  std::optional<order_id> order;
};
/// The document gives both calls one path: a body with `event` is a mail, one without is a shipment.
[[nodiscard]] std::variant<d2_shipment, d2_mail, problem> d2_decode_shipping(std::string_view body);

/// The items with their prices read in the currency; what is wrong with them.
[[nodiscard]] std::variant<std::vector<order_line>, problem> d2_lines(const std::vector<d2_item>& items, currency money);

/// What an invoice says differs from the order: currency, amounts, or the lines as a multiset of (quantity, price). (The
/// document's own example names other products in the invoice than in the cart.)
[[nodiscard]] std::optional<problem> d2_check_invoice(const d2_invoice& said, const order& now);
[[nodiscard]] std::optional<problem> d2_check_total(const json_value& total, const order& now);

[[nodiscard]] std::string d2_write_cart(const order& now, const std::vector<d2_item>& items);
[[nodiscard]] std::string d2_write_invoice(const order& now, std::string_view customer);
/// `now` is paid.
[[nodiscard]] std::string d2_write_payment(const order& now, const stored_method& card, std::string_view customer);
/// Still going on: {"status":"payment_processing","orderId":"456",…}.
[[nodiscard]] std::string d2_write_progress(const order& now);
[[nodiscard]] std::string d2_write_tracking(const order& now);

}  // namespace orderflow
