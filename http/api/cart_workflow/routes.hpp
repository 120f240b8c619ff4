// The cart workflow (D3): its table of routes. Handlers decode, ask, encode; the rules are the domain's. The seven steps of
// "place" (cart, check, reduce, pay, save, clear the cart, notify) are done by the actors.
#pragma once

#include <map>
#include <vector>

#include "http/api/cart_workflow/codec.hpp"
#include "http/api/common/handler_context.hpp"
#include "http/pipeline/router.hpp"

namespace orderflow::cart_workflow {

/// Outlives the routes made of it.
struct dialect {
  handler_context& context;
  api_settings settings;
};

[[nodiscard]] std::vector<route> routes(dialect& api);

// The handlers, by file: d3_cart.cpp, d3_reduce.cpp, d3_pay.cpp, d3_place.cpp, d3_orders.cpp.
void get_cart(dialect& api, const request& req, const responder& to);
void post_item(dialect& api, const request& req, const responder& to);
void put_item(dialect& api, const request& req, const responder& to);
void delete_item(dialect& api, const request& req, const responder& to);
void delete_cart(dialect& api, const request& req, const responder& to);
void post_reduction(dialect& api, const request& req, const responder& to);
void put_reduction(dialect& api, const request& req, const responder& to);
void post_payment(dialect& api, const request& req, const responder& to);
void post_order(dialect& api, const request& req, const responder& to);
void get_order(dialect& api, const request& req, const responder& to);
void list_orders(dialect& api, const request& req, const responder& to);

/// The present levels of these products of the tenant, asked of the inventory.
using levels_answer = std::variant<std::map<product_id, stock_level>, problem>;
void stock_levels_of(handler_context& context, const std::string& tenant, const std::vector<product_id>& products,
                     std::function<void(levels_answer)> done);

/// What of the order's tracked lines the inventory could not give.
void answer_shortage(handler_context& context, const order& now, bool failed_flag, const request& req, const responder& to);

/// `Prefer: wait=n`, or the document's ten seconds.
[[nodiscard]] milliseconds usual_wait_of(const dialect& api, const request& req);

}  // namespace orderflow::cart_workflow
