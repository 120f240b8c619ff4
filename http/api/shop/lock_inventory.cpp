// Locking stock. The order locks its own stock as soon as it is placed; this call waits for that and says how it ended.
#include "http/api/shop/routes.hpp"

namespace orderflow::shop {

namespace {

/// Nothing more will be said about the order's stock than what its state says now.
bool decided(const order& now) { return now.stock != stock_status::requested; }

void wait_for_stock(dialect& api, const request& req, const responder& to, order_id order) {
  const auto timeout = wait_of(req.headers.prefer, api.settings.usual_wait, api.settings.longest_wait);
  order_request look;
  look.order = order;
  ask_order(api.context, req, std::move(look), timeout, [&req, to](std::variant<order_reply, failure> answer) {
    const auto outcome = outcome_of(std::move(answer));
    if (const auto* wrong = std::get_if<problem>(&outcome)) return to(lock_problem_reply(*wrong, req.id));
    to(lock_reply(*std::get<order_reply>(outcome).now));
  });
}

}  // namespace

void lock_inventory(dialect& api, const request& req, const responder& to) {
  auto decoded = decode_lock(req.body);
  if (const auto* wrong = std::get_if<problem>(&decoded)) return to(lock_problem_reply(*wrong, req.id));
  auto command = std::get<lock_body>(std::move(decoded));
  const auto id = command.order;
  look_at(api.context, req, id, std::nullopt, [&api, &req, to, command = std::move(command)](const order_or_problem& outcome) {
    if (const auto* wrong = std::get_if<problem>(&outcome)) return to(lock_problem_reply(*wrong, req.id));
    const auto& now = *std::get<order_reply>(outcome).now;
    if (!same_items(command.lines, now.lines))
      return to(lock_problem_reply(invalid({{"/items", "must be the order's items"}}), req.id));
    if (decided(now)) return to(lock_reply(now));
    wait_for_stock(api, req, to, now.id);
  });
}

}  // namespace orderflow::shop
