// DD-ORDER-001 (D4): its table of routes. Handlers decode, ask the order, encode; the rules are the domain's.
#pragma once

#include <vector>

#include "http/api/common/handler_context.hpp"
#include "http/api/orders_v1/codec.hpp"
#include "http/pipeline/router.hpp"

namespace orderflow::orders_v1 {

/// Outlives the routes made of it.
struct dialect {
  handler_context& context;
  api_settings settings;
};

[[nodiscard]] std::vector<route> routes(dialect& api);

// The handlers, by file: d4_orders.cpp, d4_list.cpp, d4_moves.cpp, d4_payments.cpp, d4_email.cpp.
void create_order(dialect& api, const request& req, const responder& to);
void get_order(dialect& api, const request& req, const responder& to);
void list_orders(dialect& api, const request& req, const responder& to);
void put_status(dialect& api, const request& req, const responder& to);
void delete_order(dialect& api, const request& req, const responder& to);
void post_resolution(dialect& api, const request& req, const responder& to);
void create_payment(dialect& api, const request& req, const responder& to);
void get_payment(dialect& api, const request& req, const responder& to);
void post_refund(dialect& api, const request& req, const responder& to);
void send_email(dialect& api, const request& req, const responder& to);

/// The reply that carries one order: body, ETag.
[[nodiscard]] reply reply_of_order(uint16_t status, const order& now);
/// The order id of the path.
[[nodiscard]] std::optional<order_id> order_in_path(const request& req);

}  // namespace orderflow::orders_v1
