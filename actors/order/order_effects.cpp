// What an order owes: asking the inventory, the gateway, the carrier and the cart that it was placed of.
#include <algorithm>

#include "actors/order/order_actor.hpp"
#include "base/crash_point.hpp"
#include "base/overloaded.hpp"

namespace orderflow {

namespace {

/// Between two tries to tell a cart that could not be told.
constexpr auto cart_retry = std::chrono::seconds{1};

}  // namespace

/// Starts what is owed and internal at once; `again`: it may have been asked before.
void order_actor_state::start(const effect& what, bool again) {
  auto key = [this](uint32_t round) { return reservation_key{id_, round}; };
  std::visit(
      overloaded{
          [&](const reserve_stock& one) {
            ask_inventory(reserve_lines{key(one.round), stock_lines_of(*now_, one.round), again}, what);
          },
          [&](const release_stock& one) {
            ask_inventory(release_lines{key(one.round), stock_lines_of(*now_, one.round), one.was_held && !again, again}, what);
          },
          [&](const consume_stock& one) {
            ask_inventory(consume_lines{key(one.round), stock_lines_of(*now_, one.round), again}, what);
          },
          [&](const charge_payment&) { start_external(what, *now_, again); },
          [&](const ask_about_charge&) { start_external(what, *now_, again); },
          [&](const refund_payment&) { start_external(what, *now_, again); },
          [&](const book_carrier&) { start_external(what, *now_, again); },
          [&](const settle_cart_of_order&) { start_external(what, *now_, again); }},
      what);
}

/// What waited for the commit. An internal effect is started only if it is still owed: another command may have come since.
void order_actor_state::start_held(const effect& what, const order& seen) {
  if (!is_internal(what)) return start_external(what, seen, false);
  if (loading()) return;  // Once loaded, the order starts what it owes.
  if (is_pending(what)) start(what, true);
}

void order_actor_state::ask_inventory(inventory_command what, const effect& of) {
  const auto* tenant = services_->directory->find(now_->source.tenant_number);
  if (tenant == nullptr) return find_warehouse(of);
  stock_request request{std::move(what), services_->time->now(), present_cause()};
  self_->request(tenant->inventory, caf::infinite, std::move(request))
      .then(
          [this, of, load = load_number()](stock_reply& reply) {
            if (load == load_number()) guarded([&] { stock_answered(of, reply); });
          },
          [this, load = load_number()](caf::error& why) {
            if (load != load_number()) return;
            log_debug("order-inventory-lost", {{"order", id_.value}, {"because", sentence_of(why)}});
            reload_after_failure();
          });
}

/// Whatever else the order asks for meanwhile may come first, so this is asked as if it had been asked before.
void order_actor_state::find_warehouse(const effect& of) {
  self_->request(services_->tenants, caf::infinite, tenant_atom_v, now_->source.tenant_number)
      .then(
          [this, of, load = load_number()] {
            if (load == load_number() && is_pending(of)) guarded([&] { start(of, true); });
          },
          [this, load = load_number()](const caf::error& why) {
            if (load != load_number()) return;
            log_error("order-without-warehouse", {{"order", id_.value}, {"because", sentence_of(why)}});
            reload_after_failure();
          });
}

bool order_actor_state::is_pending(const effect& what) const {
  const auto present = pending_effects(*now_);
  return std::find(present.begin(), present.end(), what) != present.end();
}

void order_actor_state::stock_answered(const effect& of, const stock_reply& reply) {
  auto done = reply.outcome == inventory_outcome::done;
  auto what =
      std::visit(overloaded{[&](const reserve_stock& one) -> order_action {
                              if (done) return stock_was_reserved{one.round};
                              return stock_was_refused{one.round, reply.short_of};
                            },
                            [&](const release_stock& one) -> order_action { return stock_was_released{one.round}; },
                            [&](const consume_stock& one) -> order_action {
                              ORDERFLOW_ASSERT(done);
                              return stock_was_consumed{one.round};
                            },
                            [](const charge_payment&) -> order_action { ORDERFLOW_UNREACHABLE("external effect"); },
                            [](const ask_about_charge&) -> order_action { ORDERFLOW_UNREACHABLE("external effect"); },
                            [](const refund_payment&) -> order_action { ORDERFLOW_UNREACHABLE("external effect"); },
                            [](const book_carrier&) -> order_action { ORDERFLOW_UNREACHABLE("external effect"); },
                            [](const settle_cart_of_order&) -> order_action { ORDERFLOW_UNREACHABLE("external effect"); }},
                 of);
  take({std::move(what), services_->time->now()}, reply.after);
}

void order_actor_state::start_external(const effect& what, const order& seen, bool again) {
  crash_point("order-before-effect");
  std::visit(overloaded{[](const reserve_stock&) { ORDERFLOW_UNREACHABLE("internal effect"); },
                        [](const release_stock&) { ORDERFLOW_UNREACHABLE("internal effect"); },
                        [](const consume_stock&) { ORDERFLOW_UNREACHABLE("internal effect"); },
                        [&](const charge_payment& one) { send_charge(one.attempt, seen, again, false); },
                        [&](const ask_about_charge& one) { send_charge(one.attempt, seen, again, true); },
                        [&](const refund_payment& one) { send_refund(one.number, seen, again); },
                        [&](const book_carrier&) {
                          self_->send(services_->shipments, book_shipment{id_, seen.who.name, seen.who.address});
                        },
                        [&](const settle_cart_of_order&) { settle_its_cart(seen); }},
             what);
}

void order_actor_state::send_refund(uint32_t number, const order& seen, bool again) {
  const auto settled_from = refunded_with(seen, number);
  self_->send(services_->payments, refund_money{id_, number, seen.refunds[number - 1].amount, seen.money, again, settled_from});
}

void order_actor_state::send_charge(uint32_t attempt, const order& seen, bool again, bool only_asked) {
  const auto& method = seen.attempts[attempt - 1].method;
  self_->send(services_->payments,
              charge_order{id_, attempt, seen.total, seen.money, method, again, seen.source.tenant, only_asked});
}

void order_actor_state::end_refund(uint32_t number) { self_->send(services_->payments, orderflow::end_refund{id_, number}); }

/// An operator may have settled one, and this actor ended before it could say so.
void order_actor_state::end_settled_refunds() {
  for (uint32_t number = 1; number <= now_->refunds.size(); ++number)
    if (now_->refunds[number - 1].status != refund_status::started) end_refund(number);
}

/// What was bought leaves the cart before its round is settled: until then a second placing is this order. Clearing twice and
/// settling twice are harmless. Trouble there does not hold up the order.
void order_actor_state::settle_its_cart(const order& seen) {
  const bool bought = seen.status != order_status::cancelled;
  if (!services_->carts || !bought) return settle_its_round(seen);
  self_->request(services_->carts, caf::infinite, cart_call{seen.cart->user, true})
      .then(
          [this, load = load_number()](const fetched_cart&) {
            if (load == load_number() && owes_its_cart(*now_)) settle_its_round(*now_);
          },
          [this, load = load_number()](const caf::error& why) { settle_its_cart_later(load, why); });
}

/// The account knows which rounds are settled.
void order_actor_state::settle_its_round(const order& seen) {
  settle_cart command{seen.cart->round, id_, seen.status != order_status::cancelled, {}};
  for (const auto& line : stock_lines_of(seen)) command.lines.push_back({line.product, line.quantity});
  account_request request{{seen.source.tenant, seen.cart->user}, std::move(command), services_->time->now(), std::nullopt};
  self_->request(services_->accounts_of(request.who), caf::infinite, std::move(request))
      .then(
          [this, load = load_number()](const account_reply&) {
            if (load == load_number()) take({cart_was_settled{}, services_->time->now()}, std::nullopt);
          },
          [this, load = load_number()](const caf::error& why) { settle_its_cart_later(load, why); });
}

void order_actor_state::settle_its_cart_later(uint64_t load, const caf::error& why) {
  if (load != load_number()) return;
  log_debug("order-cart-not-settled", {{"order", id_.value}, {"because", sentence_of(why)}});
  self_->request(services_->timers, caf::infinite, reopen_atom_v, caf::timespan{cart_retry})
      .then(
          [this, load] {
            if (load == load_number() && owes_its_cart(*now_)) settle_its_cart(*now_);
          },
          [](caf::error&) {});  // The process is stopping.
}

}  // namespace orderflow
