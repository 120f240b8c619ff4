// The cart workflow (D3): its table of routes. Handlers decode, ask, encode; the rules are the domain's. The seven steps of
// "place" (cart, check, reduce, pay, save, clear the cart, notify) are done by the actors.
#pragma once

#include <map>
#include <vector>

#include "http/dialects/d3_words.hpp"
#include "http/dialects/edge.hpp"
#include "http/router.hpp"

namespace orderflow {

/// Outlives the routes made of it.
struct d3_dialect {
  edge& on;
  d3_settings settings;
};

[[nodiscard]] std::vector<route> d3_routes(d3_dialect& with);

// The handlers, by file: d3_cart.cpp, d3_reduce.cpp, d3_pay.cpp, d3_place.cpp, d3_orders.cpp.
void d3_get_cart(d3_dialect& with, const request& asked, const responder& to);
void d3_add_to_cart(d3_dialect& with, const request& asked, const responder& to);
void d3_put_item(d3_dialect& with, const request& asked, const responder& to);
void d3_delete_item(d3_dialect& with, const request& asked, const responder& to);
void d3_clear_cart(d3_dialect& with, const request& asked, const responder& to);
void d3_reduce(d3_dialect& with, const request& asked, const responder& to);
void d3_reduce_one(d3_dialect& with, const request& asked, const responder& to);
void d3_pay(d3_dialect& with, const request& asked, const responder& to);
void d3_place(d3_dialect& with, const request& asked, const responder& to);
void d3_get_order(d3_dialect& with, const request& asked, const responder& to);
void d3_list_orders(d3_dialect& with, const request& asked, const responder& to);

/// The present levels of these products of the tenant, asked of the inventory.
using levels_answer = std::variant<std::map<product_id, stock_level>, problem>;
void d3_levels_of(edge& on, const std::string& tenant, const std::vector<product_id>& products,
                  std::function<void(levels_answer)> done);

/// What of the order's tracked lines the inventory could not give.
void d3_answer_shortage(edge& on, const order& now, bool failed_flag, const request& asked, const responder& to);

/// `Prefer: wait=n`, or the document's ten seconds.
[[nodiscard]] milliseconds d3_patience(const d3_dialect& with, const request& asked);

}  // namespace orderflow
