#include "http/gateway_actor.hpp"

#include <algorithm>
#include <atomic>
#include <boost/asio/post.hpp>

#include "http/gateway.hpp"
#include "messages/charge_report.hpp"
#include "messages/recipient.hpp"

namespace orderflow {

namespace {

constexpr auto tick = milliseconds{50};
/// How long the present state may take once patience has ended, before the outcome is told as unknown.
constexpr auto grace = std::chrono::seconds{5};
/// How long what is asked of other actors may take. Longer than what they themselves wait for outside.
constexpr auto call_patience = std::chrono::seconds{10};
/// Questions that may take longer, from this edge; those who have been given up count until the reader has come to them.
constexpr size_t most_lists = 256;

}  // namespace

// -- inside the actor --------------------------------------------------------------------------------------------------

gateway_core::gateway_core(edge_actor::pointer self, services_ptr with) : self_(self), services_(std::move(with)) {}

gateway_core::~gateway_core() {
  for (auto& [ticket, one] : callers_)
    if (one.done) one.done(world_error{errc::outcome_unknown, "the server is stopping"});
  for (auto& [ticket, one] : calls_)
    if (one.give_up) one.give_up();
}

edge_actor::behavior_type gateway_core::make_behavior() {
  return {[this](exchange& work) { work.run(*this); },
          [this](const assigned_id& told) {
            if (auto found = callers_.find(told.ticket); found != callers_.end()) found->second.order = told.order;
          },
          [this](sweep_atom) { sweep(); }};
}

world_error gateway_core::no_answer(errc late) {
  if (late == errc::outcome_unknown) return {late, "there was no answer in time; it may have taken place"};
  return {late, "there was no answer in time; nothing was done"};
}

timestamp gateway_core::call_ends() const { return services_->time->now() + call_patience; }

uint64_t gateway_core::enter(caller one, milliseconds patience) {
  const auto ticket = ++last_ticket_;
  one.patience_ends = services_->time->now() + patience;
  callers_.emplace(ticket, std::move(one));
  wake();
  return ticket;
}

void gateway_core::wake() {
  if (awake_ || (callers_.empty() && calls_.empty())) return;
  awake_ = true;
  self_->delayed_send(self_, tick, sweep_atom_v);
}

void gateway_core::leave(uint64_t ticket, std::variant<order_reply, world_error> answer) {
  auto left = callers_.extract(ticket);
  if (left.empty()) return;  // Answered before: what it led to was durable by then.
  if (left.mapped().done) left.mapped().done(std::move(answer));
}

/// Keyed creates go where their key belongs, so that a repeat meets the first; others go around.
void gateway_core::create(create_request request, milliseconds patience, answered<order_reply> done, place held) {
  auto shard = request.key ? static_cast<int64_t>(hash_of(request.key->scope, request.key->key) % uint64_t{shard_count})
                           : ++last_shard_ % shard_count;
  caller one;
  one.done = std::move(done);
  one.held = std::move(held);
  const auto ticket = enter(std::move(one), patience);
  if (request.when == answer_when::settled) request.ticket = ticket;
  self_->request(services_->shards[static_cast<size_t>(shard)], caf::infinite, std::move(request))
      .then([this, ticket](order_reply& reply) { leave(ticket, std::move(reply)); },
            [this, ticket](caf::error& why) { leave(ticket, to_world_error(why)); });
}

void gateway_core::ask(order_request request, milliseconds patience, answered<order_reply> done, place held) {
  caller one;
  one.order = request.order;
  one.done = std::move(done);
  one.from = request.from;
  one.held = std::move(held);
  one.may_look = !request.command || request.when == answer_when::settled;
  if (request.command) one.key = request.key;
  const auto ticket = enter(std::move(one), patience);
  self_->request(services_->shard_of(request.order), caf::infinite, std::move(request))
      .then([this, ticket](order_reply& reply) { leave(ticket, std::move(reply)); },
            [this, ticket](caf::error& why) { leave(ticket, to_world_error(why)); });
}

void gateway_core::check_attempt(order_id order, uint32_t attempt, currency money, const std::optional<key_claim>& key,
                                 answered<checked_attempt> done, place held) {
  self_->request(services_->payments, caf::infinite, charge_question{order, attempt})
      .then(
          [this, order, attempt, money, key, done, held](const charge_answer& answer) {
            order_request told;
            told.order = order;
            if (auto what = report_of(answer, attempt, money)) {
              told.command = order_command{std::move(*what), services_->time->now()};
              told.key = key;
            }
            auto both = [done, answer](std::variant<order_reply, world_error> reply) {
              if (auto* failed = std::get_if<world_error>(&reply)) return done(std::move(*failed));
              done(checked_attempt{answer, std::move(std::get<order_reply>(reply))});
            };
            ask(std::move(told), grace, std::move(both), held);
          },
          [done](caf::error& why) { done(to_world_error(why)); });
}

void gateway_core::check_refunds(order_id order, const std::optional<key_claim>& key, answered<order_reply> done, place held) {
  self_->request(services_->payments, caf::infinite, refund_question{order})
      .then(
          [this, order, key, done, held](const refund_answer& answer) {
            order_request told;
            told.order = order;
            told.command = order_command{refund_was_seen{answer.cumulative}, services_->time->now()};
            told.key = key;
            ask(std::move(told), grace, done, held);
          },
          [done](caf::error& why) { done(to_world_error(why)); });
}

/// A look comes to the order behind what was asked before it: without a key the command has been decided by then, with one
/// the look waits for the check of the key.
void gateway_core::patience_ended(uint64_t ticket, caller& one) {
  if (!one.done) return;
  if (one.order.value == 0 || one.shown_present || !one.may_look)
    return std::exchange(one.done, nullptr)(no_answer(errc::outcome_unknown));
  one.shown_present = true;
  one.patience_ends = services_->time->now() + grace;
  order_request look{one.order, std::nullopt, answer_when::committed, one.from, std::nullopt, one.key, false};
  self_->request(services_->shard_of(one.order), caf::infinite, std::move(look))
      .then([this, ticket](order_reply& reply) { leave(ticket, std::move(reply)); },
            [this, ticket](caf::error& why) { leave(ticket, to_world_error(why)); });
}

void gateway_core::hurry() {
  for (auto& [ticket, one] : callers_)
    if (one.done && one.order.value != 0 && !one.shown_present && one.may_look) one.patience_ends = services_->time->now();
  sweep();
}

void gateway_core::sweep() {
  auto now = services_->time->now();
  std::vector<uint64_t> ended;
  for (const auto& [ticket, one] : callers_)
    if (one.done && one.patience_ends <= now) ended.push_back(ticket);
  for (auto ticket : ended)
    if (auto found = callers_.find(ticket); found != callers_.end()) patience_ended(ticket, found->second);
  for (auto& [ticket, one] : calls_)
    if (one.ends <= now && one.give_up) std::exchange(one.give_up, nullptr)();
  awake_ = false;
  wake();
}

// -- on the I/O thread -------------------------------------------------------------------------------------------------

struct gateway::link : std::enable_shared_from_this<gateway::link> {
  link(boost::asio::io_context& on, services_ptr with, edge_actor to, catalogue_snapshot known)
      : io(on), all(std::move(with)), actor(std::move(to)), products(std::move(known)) {}

  boost::asio::io_context& io;
  services_ptr all;
  edge_actor actor;
  catalogue_snapshot products;
  /// Places taken; given back on the actor's thread.
  using places = std::shared_ptr<std::atomic<size_t>>;
  places in_flight = std::make_shared<std::atomic<size_t>>(0);
  places lists = std::make_shared<std::atomic<size_t>>(0);

  static gateway_core::place take(const places& among) {
    among->fetch_add(1);
    return {nullptr, [among](void*) { among->fetch_sub(1); }};
  }

  /// `done` comes back here, on the I/O thread.
  template <class T>
  answered<T> back(answered<T> done) {
    return [me = shared_from_this(), done = std::move(done)](std::variant<T, world_error> answer) {
      boost::asio::post(me->io, [done, answer = std::move(answer)]() mutable { done(std::move(answer)); });
    };
  }

  void hand_over(std::function<void(gateway_core&)> work) { caf::anon_send(actor, exchange{std::move(work)}); }

  /// One request to an actor that knows no deadline; `late`: what is told when there is no answer in time.
  template <class T, class Request>
  void plain(answered<T> done, errc late, Request request) {
    hand_over([done = back<T>(std::move(done)), held = take(in_flight), late, request = std::move(request)](gateway_core& core) {
      auto told = core.in_time<T>(done, late, held);
      request(core).then([told](T& answer) { told(std::move(answer)); }, [told](caf::error& why) { told(to_world_error(why)); });
    });
  }

  /// `whom`: the reader that has the time for it.
  void question(reader_actor services::*whom, const places& among, std::function<void(reader&)> what,
                std::function<void(world_error)> done) {
    answered<caf::unit_t> told = [done = std::move(done)](std::variant<caf::unit_t, world_error> answer) {
      auto* why = std::get_if<world_error>(&answer);
      done(why ? std::move(*why) : world_error{});
    };
    hand_over([whom, what = std::move(what), held = take(among), back = back<caf::unit_t>(std::move(told))](gateway_core& core) {
      auto ended = core.in_time<caf::unit_t>(back, errc::store_unavailable, held);
      core.self()
          ->request(core.all().*whom, caf::infinite, read_task{what})
          .then([ended] { ended(caf::unit); }, [ended](caf::error& why) { ended(to_world_error(why)); });
    });
  }
};

void gateway::create(create_request request, milliseconds patience, answered<order_reply> done) {
  link_->hand_over([request = std::move(request), patience, done = link_->back(std::move(done)),
                    held = link_->take(link_->in_flight)](gateway_core& core) mutable {
    core.create(std::move(request), patience, std::move(done), std::move(held));
  });
}

void gateway::ask(order_request request, milliseconds patience, answered<order_reply> done) {
  link_->hand_over([request = std::move(request), patience, done = link_->back(std::move(done)),
                    held = link_->take(link_->in_flight)](gateway_core& core) mutable {
    core.ask(std::move(request), patience, std::move(done), std::move(held));
  });
}

void gateway::stock(stock_request request, answered<stock_reply> done) {
  link_->plain<stock_reply>(std::move(done), errc::outcome_unknown, [request = std::move(request)](gateway_core& core) {
    return core.self()->request(core.all().inventory, caf::infinite, request);
  });
}

void gateway::account(account_request request, answered<account_reply> done) {
  link_->plain<account_reply>(std::move(done), errc::outcome_unknown, [request = std::move(request)](gateway_core& core) {
    return core.self()->request(core.all().accounts, caf::infinite, request);
  });
}

void gateway::store_card(card_details card, answered<card_answer> done) {
  card_to_store wish{std::make_shared<const card_details>(std::move(card))};
  link_->plain<card_answer>(std::move(done), errc::gateway_unavailable, [wish = std::move(wish)](gateway_core& core) {
    return core.self()->request(core.all().payments, caf::infinite, wish);
  });
}

void gateway::method_of(std::string customer, answered<card_answer> done) {
  link_->plain<card_answer>(std::move(done), errc::gateway_unavailable, [customer = std::move(customer)](gateway_core& core) {
    return core.self()->request(core.all().payments, caf::infinite, method_question{customer});
  });
}

void gateway::foreign_cart(std::string user, answered<fetched_cart> done) {
  link_->plain<fetched_cart>(std::move(done), errc::gateway_unavailable, [user = std::move(user)](gateway_core& core) {
    return core.self()->request(core.all().carts, caf::infinite, cart_errand{user, false});
  });
}

void gateway::check_attempt(order_id order, uint32_t attempt, currency money, std::optional<key_claim> key,
                            answered<checked_attempt> done) {
  link_->hand_over([order, attempt, money, key = std::move(key), done = link_->back(std::move(done)),
                    held = link_->take(link_->in_flight)](gateway_core& core) {
    core.check_attempt(order, attempt, money, key, core.in_time<checked_attempt>(done, errc::outcome_unknown, held), held);
  });
}

void gateway::check_refunds(order_id order, std::optional<key_claim> key, answered<order_reply> done) {
  link_->hand_over([order, key = std::move(key), done = link_->back(std::move(done)),
                    held = link_->take(link_->in_flight)](gateway_core& core) {
    core.check_refunds(order, key, core.in_time<order_reply>(done, errc::outcome_unknown, held), held);
  });
}

void gateway::put_product(product item, answered<catalogue_snapshot> done) {
  auto keep = [link = link_, done = std::move(done)](std::variant<catalogue_snapshot, world_error> answer) {
    if (auto* snapshot = std::get_if<catalogue_snapshot>(&answer)) link->products = *snapshot;
    done(std::move(answer));
  };
  link_->plain<catalogue_snapshot>(std::move(keep), errc::outcome_unknown, [item = std::move(item)](gateway_core& core) {
    return core.self()->request(core.all().catalogue, caf::infinite, orderflow::put_product{item});
  });
}

void gateway::send_notice(free_notice wish, answered<notice_reply> done) {
  link_->plain<notice_reply>(std::move(done), errc::outcome_unknown, [wish = std::move(wish)](gateway_core& core) {
    return core.self()->request(core.all().notifications, caf::infinite, wish);
  });
}

void gateway::find_recipient(std::string tenant, std::string user, std::string channel, answered<std::string> done) {
  auto found = std::make_shared<std::string>();
  auto question = [=, at_sandbox = link_->all->limits.sandbox_recipients](reader& from) {
    *found = known_recipient(from, tenant, user, channel, at_sandbox);
  };
  look_up(std::move(question), [found, done = std::move(done)](world_error failed) {
    if (failed.code != errc::none) return done(std::move(failed));
    done(std::move(*found));
  });
}

void gateway::read(std::function<void(reader&)> question, std::function<void(world_error)> done) {
  if (*link_->lists >= most_lists) return done({errc::overloaded, "too many lists are being read"});
  link_->question(&services::lists, link_->lists, std::move(question), std::move(done));
}

void gateway::look_up(std::function<void(reader&)> question, std::function<void(world_error)> done) {
  link_->question(&services::lookups, link_->in_flight, std::move(question), std::move(done));
}

catalogue_snapshot gateway::products() const { return link_->products; }

void gateway::stock_level_of(product_id product, answered<stock_level> done) {
  link_->plain<stock_level>(std::move(done), errc::store_unavailable, [product = std::move(product)](gateway_core& core) {
    return core.self()->request(core.all().inventory, caf::infinite, caf::get_atom_v, product);
  });
}

void gateway::quarantined(answered<std::vector<quarantine_note>> done) {
  link_->hand_over([done = link_->back(std::move(done)), held = link_->take(link_->in_flight)](gateway_core& core) {
    struct gathering {
      std::vector<quarantine_note> notes;
      size_t missing = 0;
    };
    auto all = std::make_shared<gathering>();
    all->missing = core.all().shards.size();
    auto told = core.in_time<std::vector<quarantine_note>>(done, errc::store_unavailable, held);
    auto one_more = [all, done = std::move(told)](std::vector<quarantine_note> found) {
      for (auto& note : found) all->notes.push_back(std::move(note));
      if (--all->missing == 0) done(std::move(all->notes));
    };
    for (const auto& shard : core.all().shards)
      core.self()
          ->request(shard, caf::infinite, caf::get_atom_v)
          .then([one_more](std::vector<quarantine_note>& found) { one_more(std::move(found)); },
                [one_more](caf::error&) { one_more({}); });
  });
}

void gateway::redrive(order_id order, answered<bool> done) {
  link_->plain<bool>(std::move(done), errc::outcome_unknown, [order](gateway_core& core) {
    return core.self()->request(core.all().shard_of(order), caf::infinite, redrive_atom_v, order);
  });
}

size_t gateway::in_flight() const { return *link_->in_flight; }

std::chrono::microseconds gateway::queue_delay() const { return link_->all->figures->journal_wait.now(); }

size_t gateway::unsettled_payments() const {
  const auto& figures = *link_->all->figures;
  return static_cast<size_t>(std::max<int64_t>(0, figures.payments_in_flight->value() + figures.payments_waiting->value()));
}

// -- making and ending it ----------------------------------------------------------------------------------------------

std::shared_ptr<gateway::link> make_gateway_link(caf::actor_system& sys, services_ptr with, boost::asio::io_context& io) {
  catalogue_snapshot known;
  std::string failure;
  {
    caf::scoped_actor me{sys};
    me->request(with->catalogue, std::chrono::seconds{30}, caf::get_atom_v)
        .receive([&](catalogue_snapshot& found) { known = std::move(found); },
                 [&](caf::error& why) { failure = caf::to_string(why); });
  }
  if (!known) throw store_error{"the catalogue could not be loaded: " + failure};
  auto actor = sys.spawn<edge_actor::stateful_impl<gateway_core>>(with);
  return std::make_shared<gateway::link>(io, std::move(with), std::move(actor), std::move(known));
}

void answer_waiters(const std::shared_ptr<gateway::link>& link) {
  link->hand_over([](gateway_core& core) { core.hurry(); });
}

void close_gateway(caf::actor_system& sys, const std::shared_ptr<gateway::link>& link) {
  caf::anon_send_exit(link->actor, caf::exit_reason::user_shutdown);
  caf::scoped_actor me{sys};
  me->wait_for(link->actor);
}

}  // namespace orderflow
