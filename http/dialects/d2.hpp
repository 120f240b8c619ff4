// OrderFlowAPI (D2): its table of routes. Handlers decode, ask the order, encode; the rules are the domain's.
#pragma once

#include <vector>

#include "http/dialects/d2_words.hpp"
#include "http/dialects/edge.hpp"
#include "http/router.hpp"

namespace orderflow {

/// Outlives the routes made of it.
struct d2_dialect {
  edge& on;
  d2_settings settings;
};

[[nodiscard]] std::vector<route> d2_routes(d2_dialect& with);

// The handlers, by file: d2_orders.cpp, d2_payment.cpp, d2_shipping.cpp.
void d2_put_cart(d2_dialect& with, const request& asked, const responder& to);
void d2_issue_invoice(d2_dialect& with, const request& asked, const responder& to);
void d2_pay(d2_dialect& with, const request& asked, const responder& to);
/// A shipment or a mail, whichever the body is.
void d2_ship_or_mail(d2_dialect& with, const request& asked, const responder& to);

/// A customer acts for himself alone; who sells names any customer. Else 403.
[[nodiscard]] std::optional<problem> d2_check_caller(const request& asked, std::string_view customer);
/// The order is that customer's, or does not say whose it is. Else 404.
[[nodiscard]] std::optional<problem> d2_check_owner(const order& now, std::string_view customer);
/// 409: the cart is open again.
[[nodiscard]] problem d2_out_of_stock();

/// A reply about one order: the body, and the version as its ETag.
[[nodiscard]] reply d2_order_reply(uint16_t status, std::string body, const order& now);

/// The present state with what it waits for: 202, and where to look.
[[nodiscard]] reply d2_in_progress(const order& now);

/// Keeps what a call said about how to reach the customer. The call does not wait for it: it says the same next time.
void d2_learn_contact(edge& on, const request& asked, std::string_view customer, contact reach);

}  // namespace orderflow
