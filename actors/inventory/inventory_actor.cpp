#include "actors/inventory/inventory_actor.hpp"

#include <algorithm>

#include "base/crash_point.hpp"
#include "base/overloaded.hpp"
#include "codec/inventory_json.hpp"

namespace orderflow {

namespace {

std::optional<reservation_key> key_of(const inventory_command& request) {
  using key = std::optional<reservation_key>;
  return std::visit(
      overloaded{[](const reserve_lines& one) -> key { return one.key; }, [](const release_lines& one) -> key { return one.key; },
                 [](const consume_lines& one) -> key { return one.key; }, [](const auto&) -> key { return std::nullopt; }},
      request);
}

/// What the asker knows for sure; nothing: the store has to be asked.
std::optional<reservation_mark> certain_mark(const inventory_command& request) {
  using mark = std::optional<reservation_mark>;
  return std::visit(overloaded{[](const reserve_lines& one) -> mark {
                                 if (one.again) return std::nullopt;
                                 return reservation_mark::none;
                               },
                               [](const release_lines& one) -> mark {
                                 if (one.again || !one.was_held) return std::nullopt;
                                 return reservation_mark::open;
                               },
                               [](const consume_lines& one) -> mark {
                                 if (one.again) return std::nullopt;
                                 return reservation_mark::open;
                               },
                               [](const auto&) -> mark { return reservation_mark::none; }},
                    request);
}

}  // namespace

inventory_actor_state::inventory_actor_state(inventory_actor::pointer self, services_ptr with, stream_key stream)
    : shell(self, std::move(with), stream) {
  reload();
}

inventory_actor::behavior_type inventory_actor_state::make_behavior() {
  return {[this](stock_request& request) { return ask(request); },
          [this](caf::get_atom, const product_id& product) -> caf::result<stock_level> {
            auto to = self_->make_response_promise<stock_level>();
            auto kept = when_loaded([this, product, to]() mutable {
              auto found = now_.levels.find(product);
              to.deliver(found == now_.levels.end() ? stock_level{} : found->second);
            });
            if (!kept) to.deliver(to_error(errc::reloading, "the inventory is being loaded"));
            return to;
          }};
}

caf::result<stock_reply> inventory_actor_state::ask(stock_request& request) {
  auto to = self_->make_response_promise<stock_reply>();
  if (!loading()) {
    answer(request, to);
  } else if (!when_loaded([this, request, to]() mutable { answer(request, to); })) {
    to.deliver(to_error(errc::reloading, "the inventory is being loaded"));
  }
  return to;
}

void inventory_actor_state::answer(stock_request& request, reply_promise to) {
  auto key = key_of(request.command);
  if (!key && request.key) return check_claim(request, to);
  if (!key) return decide_on(request, reservation_mark::none, to);
  if (auto asked = questions_.find(*key); asked != questions_.end()) {
    asked->second.push_back({std::move(request), to});
    return;
  }
  if (auto found = fresh_.find(*key); found != fresh_.end()) return decide_on(request, found->second.mark, to);
  if (auto mark = certain_mark(request.command)) return decide_on(request, *mark, to);
  look_up(*key, {std::move(request), to});
}

/// While the store is asked about a key, nothing else is decided about it; what comes meanwhile waits its turn.
void inventory_actor_state::look_up(const reservation_key& key, question asked) {
  questions_[key].push_back(std::move(asked));
  auto found = std::make_shared<reservation_mark>();
  read_task look{[found, key](reader& from) { *found = from.find_reservation(key); }};
  self_->request(services_->lookups, caf::infinite, std::move(look))
      .then(
          [this, key, found, load = load_number()] {
            if (load != load_number()) return;
            auto waiting = questions_.extract(key);
            auto mark = *found;
            for (auto& one : waiting.mapped()) {
              decide_on(one.request, mark, one.to);
              if (auto fresh = fresh_.find(key); fresh != fresh_.end()) mark = fresh->second.mark;
            }
          },
          [this, key, load = load_number()](caf::error& why) {
            if (load != load_number()) return;
            auto waiting = questions_.extract(key);
            for (auto& one : waiting.mapped()) one.to.deliver(why);
          });
}

void inventory_actor_state::decide_on(const stock_request& request, reservation_mark mark, reply_promise to) {
  if (loading()) return to.deliver(to_error(errc::reloading, "the inventory is being loaded again"));
  try {
    carry_out(request, mark, to);
  } catch (const std::exception& defect) {
    log_error("inventory-defect", {{"what", defect.what()}});
    to.deliver(to_error(errc::reloading, defect.what()));
    reload_after_failure();
  }
}

void inventory_actor_state::carry_out(const stock_request& request, reservation_mark mark, reply_promise to) {
  auto decided = decide(now_, request.command, mark);
  stock_reply reply{decided.outcome, std::move(decided.short_of), std::nullopt};
  auto key = key_of(request.command);
  if (!decided.events.empty()) {
    append_request append_this;
    append_this.after = request.after;
    append_this.key = request.key;
    append_this.also = request.also;
    for (const auto& event : decided.events) {
      evolve(now_, event);
      append_this.events.push_back(encode(event, request.at));
    }
    append_this.rows = rows(decided.events);
    if (key) {
      auto& fresh = fresh_[*key];
      ++fresh.in_flight;
      fresh.mark = std::holds_alternative<reserve_lines>(request.command) ? reservation_mark::open : reservation_mark::closed;
    }
    if (!key) reply.levels = levels_of(request.command);
    crash_point("inventory-before-append");
    append(std::move(append_this), inventory_held{key ? std::nullopt : std::optional{to}, reply, key});
  } else if (!key) {
    reply.levels = levels_of(request.command);
    const bool notes = request.key && decided.outcome == inventory_outcome::done;
    inventory_held held{to, reply, std::nullopt};
    notes ? note(*request.key, std::move(held)) : hold(std::move(held));
  }
  if (!key) return;
  reply.after = present_cause();
  to.deliver(std::move(reply));
}

inventory_rows inventory_actor_state::rows(const std::vector<inventory_event>& events) const {
  inventory_rows out;
  auto touch = [&](const product_id& product) { out.stock.push_back({product, now_.levels.at(product)}); };
  auto touch_all = [&](const std::vector<stock_line>& lines) {
    for (const auto& line : lines) touch(line.product);
  };
  for (const auto& event : events)
    std::visit(overloaded{[&](const lines_reserved& one) {
                            touch_all(one.lines);
                            out.reservations.push_back({one.key, false});
                          },
                          [&](const lines_released& one) {
                            touch_all(one.lines);
                            out.reservations.push_back({one.key, true});
                          },
                          [&](const lines_consumed& one) {
                            touch_all(one.lines);
                            out.reservations.push_back({one.key, true});
                          },
                          [&](const key_voided& one) {
                            out.reservations.push_back({one.key, false});
                            out.reservations.push_back({one.key, true});
                          },
                          [&](const stock_adjusted& one) { touch(one.product); }},
               event);
  return out;
}

// -- the shell's side --------------------------------------------------------------------------------------------------

void inventory_actor_state::restore(opened_stream& found) {
  now_.version = found.seq;
  for (auto& row : found.stock) now_.levels.emplace(row.product, row.level);
}

void inventory_actor_state::release(inventory_held& held) {
  if (held.to) held.to->deliver(std::move(held.reply));
  if (!held.key) return;
  auto fresh = fresh_.find(*held.key);
  if (fresh != fresh_.end() && --fresh->second.in_flight == 0) fresh_.erase(fresh);
}

void inventory_actor_state::fail(inventory_held& held, const append_outcome& outcome) {
  if (held.to) held.to->deliver(to_error(outcome));
}

void inventory_actor_state::forget() {
  fresh_.clear();
  for (auto& [key, waiting] : std::exchange(questions_, {}))
    for (auto& one : waiting) one.to.deliver(to_error(errc::reloading, "the inventory is being loaded again"));
}

}  // namespace orderflow
