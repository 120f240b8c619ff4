// DD-ORDER-001 (D4): its table of routes. Handlers decode, ask the order, encode; the rules are the domain's.
#pragma once

#include <vector>

#include "http/dialects/d4_words.hpp"
#include "http/dialects/edge.hpp"
#include "http/router.hpp"

namespace orderflow {

/// Outlives the routes made of it.
struct d4_dialect {
  edge& on;
  d4_settings settings;
};

[[nodiscard]] std::vector<route> d4_routes(d4_dialect& with);

// The handlers, by file: d4_orders.cpp, d4_list.cpp, d4_moves.cpp, d4_payments.cpp, d4_email.cpp.
void d4_create_order(d4_dialect& with, const request& asked, const responder& to);
void d4_get_order(d4_dialect& with, const request& asked, const responder& to);
void d4_list_orders(d4_dialect& with, const request& asked, const responder& to);
void d4_put_status(d4_dialect& with, const request& asked, const responder& to);
void d4_cancel_order(d4_dialect& with, const request& asked, const responder& to);
void d4_settle(d4_dialect& with, const request& asked, const responder& to);
void d4_create_payment(d4_dialect& with, const request& asked, const responder& to);
void d4_get_payment(d4_dialect& with, const request& asked, const responder& to);
void d4_refund(d4_dialect& with, const request& asked, const responder& to);
void d4_send_email(d4_dialect& with, const request& asked, const responder& to);

/// The reply that carries one order: body, ETag.
[[nodiscard]] reply d4_order_reply(uint16_t status, const order& now);
/// The order id of the path.
[[nodiscard]] std::optional<order_id> d4_order_in_path(const request& asked);

}  // namespace orderflow
