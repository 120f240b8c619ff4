// The shop document (D0): its table of routes. Handlers decode, ask the order, encode; the rules are the domain's.
#pragma once

#include <vector>

#include "http/dialects/d0_retries.hpp"
#include "http/dialects/d0_words.hpp"
#include "http/dialects/edge.hpp"
#include "http/router.hpp"

namespace orderflow {

/// Outlives the routes made of it. Thread rule: the io_context's.
struct d0_dialect {
  edge& on;
  d0_settings settings;
  d0_retries retries{};
};

[[nodiscard]] std::vector<route> d0_routes(d0_dialect& with);

// The handlers, by file: d0_create.cpp, d0_lock.cpp, d0_payment.cpp, d0_message.cpp.
void d0_create_order(d0_dialect& with, const request& asked, const responder& to);
void d0_lock_inventory(d0_dialect& with, const request& asked, const responder& to);
void d0_process_payment(d0_dialect& with, const request& asked, const responder& to);
void d0_send_message(d0_dialect& with, const request& asked, const responder& to);

}  // namespace orderflow
