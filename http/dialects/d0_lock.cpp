// Locking stock. The order locks its own stock as soon as it is placed; this call waits for that and says how it ended.
#include "http/dialects/d0.hpp"

namespace orderflow {

namespace {

/// Nothing more will be said about the order's stock than what its state says now.
bool decided(const order& now) { return now.stock != stock_status::requested; }

void wait_for_stock(d0_dialect& with, const request& asked, const responder& to, order_id order) {
  const auto patience = patience_of(asked.headers.prefer, with.settings.usual_wait, with.settings.longest_wait);
  order_request look;
  look.order = order;
  ask_order(with.on, asked, std::move(look), patience, [&asked, to](std::variant<order_reply, world_error> answer) {
    const auto outcome = outcome_of(std::move(answer));
    if (const auto* wrong = std::get_if<problem>(&outcome)) return to(d0_lock_problem(*wrong, asked.id));
    to(d0_lock_answer(*std::get<order_reply>(outcome).now));
  });
}

}  // namespace

void d0_lock_inventory(d0_dialect& with, const request& asked, const responder& to) {
  auto decoded = d0_decode_lock(asked.body);
  if (const auto* wrong = std::get_if<problem>(&decoded)) return to(d0_lock_problem(*wrong, asked.id));
  auto wish = std::get<d0_lock_wish>(std::move(decoded));
  const auto id = wish.order;
  look_at(with.on, asked, id, std::nullopt, [&with, &asked, to, wish = std::move(wish)](const order_outcome& outcome) {
    if (const auto* wrong = std::get_if<problem>(&outcome)) return to(d0_lock_problem(*wrong, asked.id));
    const auto& now = *std::get<order_reply>(outcome).now;
    if (!d0_same_items(wish.lines, now.lines))
      return to(d0_lock_problem(invalid({{"/items", "must be the order's items"}}), asked.id));
    if (decided(now)) return to(d0_lock_answer(now));
    wait_for_stock(with, asked, to, now.id);
  });
}

}  // namespace orderflow
