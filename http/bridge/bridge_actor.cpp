#include "http/bridge/bridge_actor.hpp"

#include <algorithm>
#include <atomic>
#include <boost/asio/post.hpp>

#include "http/bridge/actor_bridge.hpp"
#include "messages/recipient.hpp"

namespace orderflow {

namespace {

/// Questions that may take longer, from this thread; those who have been given up count until the reader has come to them.
constexpr size_t most_lists = 256;

}  // namespace

// -- on the I/O thread -------------------------------------------------------------------------------------------------

struct actor_bridge::link : std::enable_shared_from_this<actor_bridge::link> {
  /// By tenant. Whoever is not in it has no products.
  using catalogues = std::unordered_map<std::string, catalogue_snapshot>;

  link(boost::asio::io_context& on, services_ptr with, bridge_actor to, catalogues known)
      : io(on), all(std::move(with)), actor(std::move(to)), products(std::move(known)) {}

  boost::asio::io_context& io;
  services_ptr all;
  bridge_actor actor;
  catalogues products;
  catalogue_snapshot no_products = std::make_shared<const catalogue>();
  /// Places taken; given back on the actor's thread.
  using places = std::shared_ptr<std::atomic<size_t>>;
  places in_flight = std::make_shared<std::atomic<size_t>>(0);
  places lists = std::make_shared<std::atomic<size_t>>(0);

  static bridge_state::place take(const places& among) {
    among->fetch_add(1);
    return {nullptr, [among](void*) { among->fetch_sub(1); }};
  }

  /// `done` comes back here, on the I/O thread.
  template <class T>
  answered<T> back(answered<T> done) {
    return [me = shared_from_this(), done = std::move(done)](std::variant<T, failure> answer) {
      boost::asio::post(me->io, [done, answer = std::move(answer)]() mutable { done(std::move(answer)); });
    };
  }

  void hand_over(std::function<void(bridge_state&)> work) { caf::anon_send(actor, exchange{std::move(work)}); }

  /// One request to an actor that knows no deadline; `late`: what is told when there is no answer in time.
  template <class T, class Request>
  void plain(answered<T> done, errc late, Request request) {
    hand_over([done = back<T>(std::move(done)), held = take(in_flight), late, request = std::move(request)](bridge_state& core) {
      auto told = core.in_time<T>(done, late, held);
      request(core).then([told](T& answer) { told(std::move(answer)); }, [told](caf::error& why) { told(to_failure(why)); });
    });
  }

  /// The same, to an actor of the tenant's.
  template <class T, class Request>
  void of_tenant(const std::string& tenant, answered<T> done, errc late, Request request) {
    hand_over([tenant, done = back<T>(std::move(done)), held = take(in_flight), late,
               request = std::move(request)](bridge_state& core) {
      auto told = core.in_time<T>(done, late, held);
      core.with_tenant(
          tenant,
          [told, request, &core](const tenant_entry& of) {
            request(core, of).then([told](T& answer) { told(std::move(answer)); },
                                   [told](caf::error& why) { told(to_failure(why)); });
          },
          [told](caf::error& why) { told(to_failure(why)); });
    });
  }

  /// `whom`: the reader that has the time for it.
  void question(reader_actor services::*whom, const places& among, std::function<void(reader&)> what,
                std::function<void(failure)> done) {
    const auto& store = all->figures->store;
    if (store.unreadable()) return done({errc::store_unavailable, store.reason()});
    answered<caf::unit_t> told = [done = std::move(done)](std::variant<caf::unit_t, failure> answer) {
      auto* why = std::get_if<failure>(&answer);
      done(why ? std::move(*why) : failure{});
    };
    hand_over([whom, what = std::move(what), held = take(among), back = back<caf::unit_t>(std::move(told))](bridge_state& core) {
      auto ended = core.in_time<caf::unit_t>(back, errc::store_unavailable, held);
      core.self()
          ->request(core.all().*whom, caf::infinite, read_task{what})
          .then([ended] { ended(caf::unit); }, [ended](caf::error& why) { ended(to_failure(why)); });
    });
  }
};

void actor_bridge::create(create_request request, milliseconds timeout, answered<order_reply> done) {
  link_->hand_over([request = std::move(request), timeout, done = link_->back(std::move(done)),
                    held = link_->take(link_->in_flight)](bridge_state& core) mutable {
    core.create(std::move(request), timeout, std::move(done), std::move(held));
  });
}

void actor_bridge::ask(order_request request, milliseconds timeout, answered<order_reply> done) {
  link_->hand_over([request = std::move(request), timeout, done = link_->back(std::move(done)),
                    held = link_->take(link_->in_flight)](bridge_state& core) mutable {
    core.ask(std::move(request), timeout, std::move(done), std::move(held));
  });
}

void actor_bridge::stock(const std::string& tenant, stock_request request, answered<stock_reply> done) {
  link_->of_tenant<stock_reply>(tenant, std::move(done), errc::outcome_unknown,
                                [request = std::move(request)](bridge_state& core, const tenant_entry& of) {
                                  return core.self()->request(of.inventory, caf::infinite, request);
                                });
}

void actor_bridge::account(account_request request, answered<account_reply> done) {
  const auto late = request.command ? errc::outcome_unknown : errc::store_unavailable;
  link_->plain<account_reply>(std::move(done), late, [request = std::move(request)](bridge_state& core) {
    return core.self()->request(core.all().accounts_of(request.who), caf::infinite, request);
  });
}

void actor_bridge::store_card(card_details card, answered<card_answer> done) {
  card_to_store input{std::make_shared<const card_details>(std::move(card))};
  link_->plain<card_answer>(std::move(done), errc::gateway_unavailable, [input = std::move(input)](bridge_state& core) {
    return core.self()->request(core.all().payments, caf::infinite, input);
  });
}

void actor_bridge::method_of(std::string customer, answered<card_answer> done) {
  link_->plain<card_answer>(std::move(done), errc::gateway_unavailable, [customer = std::move(customer)](bridge_state& core) {
    return core.self()->request(core.all().payments, caf::infinite, method_question{customer});
  });
}

void actor_bridge::foreign_cart(std::string user, answered<fetched_cart> done) {
  link_->plain<fetched_cart>(std::move(done), errc::gateway_unavailable, [user = std::move(user)](bridge_state& core) {
    return core.self()->request(core.all().carts, caf::infinite, cart_call{user, false});
  });
}

void actor_bridge::check_attempt(order_id order, uint32_t attempt, std::optional<key_claim> key, answered<checked_attempt> done) {
  link_->hand_over([order, attempt, key = std::move(key), done = link_->back(std::move(done)),
                    held = link_->take(link_->in_flight)](bridge_state& core) {
    core.check_attempt(order, attempt, key, core.in_time<checked_attempt>(done, errc::outcome_unknown, held), held);
  });
}

void actor_bridge::check_refunds(order_id order, std::optional<key_claim> key, answered<order_reply> done) {
  link_->hand_over([order, key = std::move(key), done = link_->back(std::move(done)),
                    held = link_->take(link_->in_flight)](bridge_state& core) {
    core.check_refunds(order, key, core.in_time<order_reply>(done, errc::outcome_unknown, held), held);
  });
}

void actor_bridge::put_product(const std::string& tenant, product_request request, answered<product_reply> done) {
  auto keep = [link = link_, tenant, done = std::move(done)](std::variant<product_reply, failure> answer) {
    if (auto* reply = std::get_if<product_reply>(&answer)) link->products[tenant] = reply->now;
    done(std::move(answer));
  };
  link_->of_tenant<product_reply>(tenant, std::move(keep), errc::outcome_unknown,
                                  [request = std::move(request)](bridge_state& core, const tenant_entry& of) {
                                    return core.self()->request(of.catalogue, caf::infinite, request);
                                  });
}

void actor_bridge::send_message(requested_message command, answered<message_reply> done) {
  link_->plain<message_reply>(std::move(done), errc::outcome_unknown, [command = std::move(command)](bridge_state& core) {
    return core.self()->request(core.all().notifications, caf::infinite, command);
  });
}

void actor_bridge::find_recipient(std::string tenant, std::string user, std::string channel, answered<std::string> done) {
  auto found = std::make_shared<std::string>();
  auto question = [=, at_sandbox = link_->all->limits.sandbox_recipients](reader& from) {
    *found = known_recipient(from, tenant, user, channel, at_sandbox);
  };
  look_up(std::move(question), [found, done = std::move(done)](failure failed) {
    if (failed.code != errc::none) return done(std::move(failed));
    done(std::move(*found));
  });
}

void actor_bridge::read(std::function<void(reader&)> question, std::function<void(failure)> done) {
  if (*link_->lists >= most_lists) return done({errc::overloaded, "too many lists are being read"});
  link_->question(&services::lists, link_->lists, std::move(question), std::move(done));
}

void actor_bridge::look_up(std::function<void(reader&)> question, std::function<void(failure)> done) {
  link_->question(&services::lookups, link_->in_flight, std::move(question), std::move(done));
}

catalogue_snapshot actor_bridge::products(const std::string& tenant) const {
  const auto found = link_->products.find(tenant);
  return found == link_->products.end() ? link_->no_products : found->second;
}

void actor_bridge::stock_level_of(const std::string& tenant, product_id product, answered<stock_level> done) {
  // Looking must not make a tenant.
  if (link_->all->directory->find(tenant) == nullptr)
    return boost::asio::post(link_->io, [done = std::move(done)] { done(stock_level{}); });
  link_->of_tenant<stock_level>(tenant, std::move(done), errc::store_unavailable,
                                [product = std::move(product)](bridge_state& core, const tenant_entry& of) {
                                  return core.self()->request(of.inventory, caf::infinite, caf::get_atom_v, product);
                                });
}

void actor_bridge::quarantined(answered<std::vector<quarantine_note>> done) {
  link_->hand_over([done = link_->back(std::move(done)), held = link_->take(link_->in_flight)](bridge_state& core) {
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

void actor_bridge::redrive(order_id order, answered<bool> done) {
  link_->plain<bool>(std::move(done), errc::outcome_unknown, [order](bridge_state& core) {
    return core.self()->request(core.all().shard_of(order), caf::infinite, redrive_atom_v, order);
  });
}

void actor_bridge::waiting_payments(answered<std::vector<effect_progress>> done) {
  link_->plain<std::vector<effect_progress>>(std::move(done), errc::store_unavailable, [](bridge_state& core) {
    return core.self()->request(core.all().payments, caf::infinite, caf::get_atom_v);
  });
}

void actor_bridge::redrive_message(int64_t number, answered<bool> done) {
  link_->plain<bool>(std::move(done), errc::outcome_unknown, [number](bridge_state& core) {
    return core.self()->request(core.all().notifications, caf::infinite, redrive_atom_v, number);
  });
}

std::vector<actor_bridge::outage> actor_bridge::outages() const {
  const auto& figures = *link_->all->figures;
  const auto now = link_->all->time->now();
  std::vector<outage> found;
  if (figures.store.away()) found.push_back({"journal", now - figures.store.away_for(), figures.store.reason()});
  if (auto lost = figures.payment_gateway.outage()) found.push_back({"payment_gateway", lost->since, std::move(lost->reason)});
  if (auto lost = figures.mail.outage()) found.push_back({"mail", lost->since, std::move(lost->reason)});
  return found;
}

size_t actor_bridge::in_flight() const { return *link_->in_flight; }

std::chrono::microseconds actor_bridge::queue_delay() const { return link_->all->figures->journal_wait.now(); }

bool actor_bridge::store_away() const { return link_->all->figures->store.away(); }

size_t actor_bridge::unsettled_payments() const {
  const auto& figures = *link_->all->figures;
  return static_cast<size_t>(std::max<int64_t>(0, figures.payments_in_flight->value() + figures.payments_waiting->value()));
}

// -- making and ending it ----------------------------------------------------------------------------------------------

std::shared_ptr<actor_bridge::link> make_bridge_link(caf::actor_system& sys, services_ptr with, boost::asio::io_context& io) {
  actor_bridge::link::catalogues known;
  std::string failure;
  {
    caf::scoped_actor me{sys};
    for (const auto* tenant : with->directory->all())
      me->request(tenant->catalogue, std::chrono::seconds{30}, caf::get_atom_v)
          .receive([&](catalogue_snapshot& found) { known[tenant->name] = std::move(found); },
                   [&](caf::error& why) { failure = "of tenant " + tenant->name + ": " + sentence_of(why); });
  }
  if (!failure.empty()) throw store_error{"a catalogue could not be loaded, " + failure};
  auto actor = sys.spawn<bridge_actor::stateful_impl<bridge_state>>(with);
  return std::make_shared<actor_bridge::link>(io, std::move(with), std::move(actor), std::move(known));
}

void answer_waiters(const std::shared_ptr<actor_bridge::link>& link) {
  link->hand_over([](bridge_state& core) { core.flush_waiters(); });
}

void close_bridge(caf::actor_system& sys, const std::shared_ptr<actor_bridge::link>& link) {
  caf::anon_send_exit(link->actor, caf::exit_reason::user_shutdown);
  caf::scoped_actor me{sys};
  me->wait_for(link->actor);
}

}  // namespace orderflow
