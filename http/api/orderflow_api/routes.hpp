// OrderFlowAPI (D2): its table of routes. Handlers decode, ask the order, encode; the rules are the domain's.
#pragma once

#include <vector>

#include "http/api/common/handler_context.hpp"
#include "http/api/orderflow_api/codec.hpp"
#include "http/pipeline/router.hpp"

namespace orderflow::orderflow_api {

/// Outlives the routes made of it.
struct dialect {
  handler_context& context;
  api_settings settings;
};

[[nodiscard]] std::vector<route> routes(dialect& api);

// The handlers, by file: d2_orders.cpp, d2_payment.cpp, d2_shipping.cpp.
void put_cart(dialect& api, const request& req, const responder& to);
void post_invoice(dialect& api, const request& req, const responder& to);
void post_payment(dialect& api, const request& req, const responder& to);
/// A shipment or a mail, whichever the body is.
void post_shipping(dialect& api, const request& req, const responder& to);

/// A customer acts for himself alone; who sells names any customer. Else 403.
[[nodiscard]] std::optional<problem> check_caller(const request& req, std::string_view customer);
/// The order is that customer's, or does not say whose it is. Else 404.
[[nodiscard]] std::optional<problem> check_owner(const order& now, std::string_view customer);
/// 409: the cart is open again.
[[nodiscard]] problem out_of_stock();

/// A reply about one order: the body, and the version as its ETag.
[[nodiscard]] reply reply_of_order(uint16_t status, std::string body, const order& now);

/// The present state with what it waits for: 202, and where to look.
[[nodiscard]] reply in_progress_reply(const order& now);

/// Keeps what a call said about how to reach the customer. The call does not wait for it: it says the same next time.
void keep_contact(handler_context& context, const request& req, std::string_view customer, contact reach);

}  // namespace orderflow::orderflow_api
