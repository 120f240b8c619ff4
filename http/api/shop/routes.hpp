// The shop document (D0): its table of routes. Handlers decode, ask the order, encode; the rules are the domain's.
#pragma once

#include <vector>

#include "http/api/common/handler_context.hpp"
#include "http/api/shop/codec.hpp"
#include "http/api/shop/signed_order_retries.hpp"
#include "http/pipeline/router.hpp"

namespace orderflow::shop {

/// Outlives the routes made of it. Thread rule: the io_context's.
struct dialect {
  handler_context& context;
  api_settings settings;
  signed_order_retries retries{};
};

[[nodiscard]] std::vector<route> routes(dialect& api);

// The handlers, by file: d0_create.cpp, d0_lock.cpp, d0_payment.cpp, d0_message.cpp.
void create_order(dialect& api, const request& req, const responder& to);
void lock_inventory(dialect& api, const request& req, const responder& to);
void process_payment(dialect& api, const request& req, const responder& to);
void send_message(dialect& api, const request& req, const responder& to);

}  // namespace orderflow::shop
