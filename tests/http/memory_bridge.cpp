#include "tests/http/memory_bridge.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>

#include "base/overloaded.hpp"
#include "codec/account_json.hpp"
#include "domain/order/evolve.hpp"
#include "messages/charge_report.hpp"
#include "messages/ownership.hpp"
#include "tests/http/memory_reader.hpp"

namespace orderflow {

struct actor_bridge::link {
  boost::asio::io_context& io;
  memory_shop& shop;

  template <class T>
  void answer(answered<T> done, std::variant<T, failure> with) {
    if (shop.fails_with != errc::none) with = failure{shop.fails_with, "as the test says"};
    ++shop.in_flight;
    auto deliver = [this, done = std::move(done), with = std::move(with)] {
      --shop.in_flight;
      done(with);
    };
    if (!shop.answers) {
      shop.unanswered.emplace_back(std::move(deliver));
    } else {
      boost::asio::post(io, std::move(deliver));
    }
  }

  /// What the key came with before; nullptr where it is new, and then it is known from now on.
  const key_claim* first_with(const std::optional<key_claim>& key) {
    if (!key) return nullptr;
    const auto [known, is_new] = shop.keys.try_emplace({key->scope, key->key}, *key);
    return is_new ? nullptr : &known->second;
  }

  void record(memory_shop::record& of, const std::vector<order_event>& events, timestamp at) {
    for (const auto& event : events) {
      of.recorded.push_back({event, at});
      evolve(of.now, of.recorded.back());
    }
  }

  order_action outcome_of(const order& now, const effect& what) {
    return std::visit(overloaded{[&](const reserve_stock& one) -> order_action {
                                   for (const auto& line : stock_lines_of(now)) {
                                     if (shop.stock[line.product].available() < line.quantity)
                                       return stock_was_refused{one.round};
                                   }
                                   for (const auto& line : stock_lines_of(now))
                                     shop.stock[line.product].reserved += line.quantity;
                                   return stock_was_reserved{one.round};
                                 },
                                 [&](const release_stock& one) -> order_action {
                                   if (one.was_held) {
                                     for (const auto& line : stock_lines_of(now))
                                       shop.stock[line.product].reserved -= line.quantity;
                                   }
                                   return stock_was_released{one.round};
                                 },
                                 [&](const consume_stock& one) -> order_action { return stock_was_consumed{one.round}; },
                                 [&](const charge_payment& one) -> order_action {
                                   const auto& method = now.attempts[one.attempt - 1].method;
                                   if (method == "ok")
                                     return money_was_captured{one.attempt, "T" + std::to_string(now.id.value), now.total};
                                   if (method == "never" || method == "lost_reply") return payment_has_no_answer{one.attempt};
                                   return payment_was_declined{one.attempt, method};
                                 },
                                 [&](const ask_about_charge& one) -> order_action { return payment_was_not_found{one.attempt}; },
                                 [&](const refund_payment& one) -> order_action {
                                   return refund_was_settled{one.number, refunded_sum(now) + now.refunds[one.number - 1].amount};
                                 },
                                 [&](const book_carrier&) -> order_action { return shipment_was_booked{"12345678"}; },
                                 [&](const settle_cart_of_order&) -> order_action {
                                   settle_cart command{now.cart->round, now.id, now.status != order_status::cancelled, {}};
                                   for (const auto& line : stock_lines_of(now))
                                     command.lines.push_back({line.product, line.quantity});
                                   auto& kept = shop.accounts[{now.source.tenant, now.cart->user}];
                                   for (const auto& event : decide(kept, kept.who, command).events) evolve(kept, event);
                                   return cart_was_settled{};
                                 }},
                      what);
  }

  /// Carries out what is owed until nothing changes any more.
  void settle(memory_shop::record& of) {
    bool changed = true;
    while (changed) {
      changed = false;
      for (const auto& what : pending_effects(of.now)) {
        const auto decided = decide(of.now, {outcome_of(of.now, what), shop.time});
        record(of, decided.events, shop.time);
        changed = changed || !decided.events.empty();
      }
    }
  }

  static order_reply reply_of(const memory_shop::record& of, order_outcome outcome) {
    return {outcome, refusal::none, std::make_shared<const order>(of.now), nullptr};
  }
};

actor_bridge make_memory_bridge(boost::asio::io_context& io, memory_shop& shop) {
  return actor_bridge{std::shared_ptr<actor_bridge::link>(new actor_bridge::link{io, shop})};
}

void actor_bridge::create(create_request request, milliseconds, answered<order_reply> done) {
  auto& shop = link_->shop;
  if (shop.fails_with != errc::none) return link_->answer<order_reply>(std::move(done), failure{});
  if (request.key) {
    const auto [known, fresh] = shop.keys.try_emplace({request.key->scope, request.key->key}, *request.key);
    if (!fresh && known->second.body_hash != request.key->body_hash) {
      return link_->answer<order_reply>(std::move(done), order_reply{order_outcome::other_body, refusal::none, nullptr, nullptr});
    }
    if (!fresh)
      return link_->answer<order_reply>(std::move(done),
                                        link::reply_of(shop.orders.at(known->second.order), order_outcome::repeated));
    known->second.order = order_id{shop.last_id + 1};
  }
  if (request.also) {
    request.also->order = order_id{shop.last_id + 1};
    shop.keys.insert_or_assign({request.also->scope, request.also->key}, *request.also);
  }
  const order_id id{++shop.last_id};
  order_command first{std::visit([id](auto what) -> order_action { return what.id = id, what; }, request.what), request.at};
  memory_shop::record made;
  const auto decided = decide(made.now, first);
  if (decided.refused != refusal::none) {
    return link_->answer<order_reply>(std::move(done), order_reply{order_outcome::refused, decided.refused, nullptr, nullptr});
  }
  link_->record(made, decided.events, request.at);
  link_->settle(made);
  auto reply = link::reply_of(made, order_outcome::done);
  shop.orders.emplace(id, std::move(made));
  link_->answer<order_reply>(std::move(done), std::move(reply));
}

void actor_bridge::ask(order_request request, milliseconds, answered<order_reply> done) {
  auto& shop = link_->shop;
  const auto found = shop.orders.find(request.order);
  if (found == shop.orders.end() || !is_shown_to(found->second.now, request.from)) {
    return link_->answer<order_reply>(std::move(done),
                                      order_reply{order_outcome::refused, refusal::order_must_exist, nullptr, nullptr});
  }
  auto& of = found->second;
  auto outcome = order_outcome::done;
  const auto known = request.key ? shop.keys.find({request.key->scope, request.key->key}) : shop.keys.end();
  const bool repeats = request.command && known != shop.keys.end();
  if (const auto& demand = request.if_version; demand && !repeats) {
    const auto version = of.now.version;
    if (!demand->names(version))
      return link_->answer<order_reply>(std::move(done), link::reply_of(of, order_outcome::version_differs));
    if (demand->excludes(version))
      return link_->answer<order_reply>(std::move(done), link::reply_of(of, order_outcome::version_is_excluded));
  }
  const bool notes = !request.command && request.key && request.repeat;
  if (notes) shop.keys.try_emplace({request.key->scope, request.key->key}, *request.key);
  if ((request.command || notes) && known != shop.keys.end()) {
    const bool same = known->second.body_hash == request.key->body_hash;
    outcome = same ? order_outcome::repeated : order_outcome::other_body;
  } else if (request.command) {
    const auto decided = decide(of.now, *request.command);
    if (decided.refused != refusal::none) {
      auto reply = link::reply_of(of, order_outcome::refused);
      reply.why = decided.refused;
      return link_->answer<order_reply>(std::move(done), std::move(reply));
    }
    if (decided.accepted) outcome = order_outcome::accepted;
    if (request.key) shop.keys.emplace(std::pair{request.key->scope, request.key->key}, *request.key);
    link_->record(of, decided.events, request.command->at);
    link_->settle(of);
  }
  link_->answer<order_reply>(std::move(done), link::reply_of(of, outcome));
}

void actor_bridge::stock(const std::string&, stock_request request, answered<stock_reply> done) {
  if (const auto* less = std::get_if<reduce_stock>(&request.command)) {
    stock_reply reply{inventory_outcome::done, {}, std::nullopt};
    for (const auto& line : less->lines)
      if (link_->shop.stock[line.product].available() < line.quantity) reply.short_of.push_back(line.product);
    if (!reply.short_of.empty()) reply.outcome = inventory_outcome::out_of_stock;
    const auto known = request.key ? link_->shop.keys.find({request.key->scope, request.key->key}) : link_->shop.keys.end();
    reply.repeated = known != link_->shop.keys.end();
    if (reply.repeated) reply.outcome = inventory_outcome::done;
    if (!reply.repeated && reply.short_of.empty()) {
      for (const auto& line : less->lines) link_->shop.stock[line.product].on_hand -= line.quantity;
      if (request.key) link_->shop.keys.emplace(std::pair{request.key->scope, request.key->key}, *request.key);
    }
    for (const auto& line : less->lines) reply.levels.push_back({line.product, link_->shop.stock[line.product]});
    return link_->answer<stock_reply>(std::move(done), std::move(reply));
  }
  const auto& count = std::get<set_stock>(request.command);
  auto& level = link_->shop.stock[count.product];
  stock_reply reply{inventory_outcome::done, {}, std::nullopt};
  if (const auto* known = link_->first_with(request.key)) {
    reply.repeated = known->body_hash == request.key->body_hash;
    reply.other_body = !reply.repeated;
  } else if (count.on_hand >= level.reserved) {
    level.on_hand = count.on_hand;
  } else {
    reply.outcome = inventory_outcome::below_reserved;
  }
  reply.levels = {{count.product, level}};
  link_->answer<stock_reply>(std::move(done), std::move(reply));
}

void actor_bridge::account(account_request request, answered<account_reply> done) {
  auto& shop = link_->shop;
  auto& now = shop.accounts[request.who];
  now.who = request.who;
  auto outcome = account_outcome::done;
  if (request.command && request.key && !shop.keys.insert({{request.key->scope, request.key->key}, *request.key}).second) {
    outcome = account_outcome::repeated;
  } else if (request.command) {
    auto decided = decide(now, request.who, *request.command);
    outcome = decided.outcome;
    for (const auto& event : decided.events) evolve(now, event);
  }
  link_->answer<account_reply>(std::move(done), account_reply{outcome, std::make_shared<const orderflow::account>(now)});
}

void actor_bridge::store_card(card_details card, answered<card_answer> done) {
  const auto& number = card.number.reveal();
  card_answer answer{card_status::refused, {}, "card_unknown"};
  if (number.ends_with("4242")) {
    answer = {card_status::stored,
              {"ok", card.first_name, card.last_name, number.substr(0, 6), "4242", "visa", card.expiry_month, card.expiry_year},
              {}};
  }
  link_->answer<card_answer>(std::move(done), answer);
}

void actor_bridge::method_of(std::string customer, answered<card_answer> done) {
  card_answer answer{card_status::stored, {"ok", "Bob", "Norman", "424242", "4242", "visa", 9, 2024}, {}};
  if (customer == "nobody") answer = {card_status::refused, {}, "no_method_on_file"};
  link_->answer<card_answer>(std::move(done), answer);
}

void actor_bridge::foreign_cart(std::string user, answered<fetched_cart> done) {
  link_->answer<fetched_cart>(std::move(done), link_->shop.foreign_carts[user]);
}

void actor_bridge::check_attempt(order_id order, uint32_t attempt, std::optional<key_claim> key, answered<checked_attempt> done) {
  const auto said = link_->shop.charges.find({order, attempt});
  if (said == link_->shop.charges.end()) return done(failure{errc::gateway_unavailable, "as the test says"});
  order_request told;
  told.order = order;
  if (auto what = report_of(said->second, attempt)) {
    told.key = std::move(key);
    told.command = order_command{std::move(*what), link_->shop.time};
  }
  ask(std::move(told), milliseconds{0}, [done, answer = said->second](std::variant<order_reply, failure> reply) {
    if (auto* failed = std::get_if<failure>(&reply)) return done(std::move(*failed));
    done(checked_attempt{answer, std::move(std::get<order_reply>(reply))});
  });
}

void actor_bridge::check_refunds(order_id order, std::optional<key_claim> key, answered<order_reply> done) {
  order_request told;
  told.order = order;
  told.key = std::move(key);
  told.command = order_command{refund_was_seen{link_->shop.refunded_externally[order]}, link_->shop.time};
  ask(std::move(told), milliseconds{0}, std::move(done));
}

void actor_bridge::put_product(const std::string&, product_request request, answered<product_reply> done) {
  product_reply reply;
  if (const auto* known = link_->first_with(request.key)) {
    reply.repeated = known->body_hash == request.key->body_hash;
    reply.other_body = !reply.repeated;
  } else {
    auto changed = std::make_shared<catalogue>(*link_->shop.products);
    evolve(*changed, product_put{std::move(request.command.item)});
    link_->shop.products = changed;
  }
  reply.now = link_->shop.products;
  link_->answer<product_reply>(std::move(done), std::move(reply));
}

void actor_bridge::send_message(requested_message command, answered<message_reply> done) {
  link_->shop.messages.push_back(std::move(command));
  link_->answer<message_reply>(std::move(done), link_->shop.message_answer);
}

void actor_bridge::find_recipient(std::string, std::string user, std::string, answered<std::string> done) {
  link_->answer<std::string>(std::move(done), link_->shop.recipients[user]);
}

void actor_bridge::read(std::function<void(reader&)> question, std::function<void(failure)> done) {
  memory_reader from{link_->shop};
  question(from);
  boost::asio::post(link_->io, [done = std::move(done), error = link_->shop.fails_with] { done(failure{error, {}}); });
}

void actor_bridge::look_up(std::function<void(reader&)> question, std::function<void(failure)> done) {
  read(std::move(question), std::move(done));
}

catalogue_snapshot actor_bridge::products(const std::string&) const { return link_->shop.products; }

void actor_bridge::stock_level_of(const std::string&, product_id product, answered<stock_level> done) {
  link_->answer<stock_level>(std::move(done), link_->shop.stock[product]);
}

void actor_bridge::quarantined(answered<std::vector<quarantine_note>> done) {
  auto notes = link_->shop.held_back;
  link_->answer<std::vector<quarantine_note>>(std::move(done), std::move(notes));
}

void actor_bridge::redrive(order_id order, answered<bool> done) {
  const bool there = std::ranges::any_of(link_->shop.held_back, [&](const auto& note) { return note.order == order; });
  link_->answer<bool>(std::move(done), there);
}

void actor_bridge::waiting_payments(answered<std::vector<effect_progress>> done) {
  link_->answer<std::vector<effect_progress>>(std::move(done), link_->shop.waiting_payments);
}

void actor_bridge::redrive_message(int64_t number, answered<bool> done) {
  const bool there = std::erase_if(link_->shop.given_up, [&](const message_row& row) { return row.number == number; }) > 0;
  link_->answer<bool>(std::move(done), there);
}

std::vector<actor_bridge::outage> actor_bridge::outages() const { return link_->shop.outages; }

size_t actor_bridge::in_flight() const { return link_->shop.in_flight; }
size_t actor_bridge::unsettled_payments() const { return 0; }
bool actor_bridge::store_away() const { return link_->shop.store_away; }

std::chrono::microseconds actor_bridge::queue_delay() const { return std::chrono::microseconds{0}; }

}  // namespace orderflow
