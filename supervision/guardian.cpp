#include "supervision/guardian.hpp"

#include "actors/catalogue/catalogue_actor.hpp"
#include "actors/followers/notifications/notification_actor.hpp"
#include "actors/inventory/inventory_actor.hpp"
#include "actors/journal_actor.hpp"
#include "actors/outbound/carrier_actor.hpp"
#include "actors/outbound/cart_actor.hpp"
#include "actors/outbound/payment_actor.hpp"
#include "actors/reader_actor.hpp"
#include "actors/timer_actor.hpp"
#include "base/log.hpp"
#include "base/thread.hpp"
#include "supervision/account_supervisor.hpp"
#include "supervision/resumer.hpp"
#include "supervision/shard_supervisor.hpp"
#include "supervision/tenant_supervisor.hpp"

namespace orderflow {

namespace {

/// Threads that look for the keys of creates.
/// How long a start waits for the orders to be counted.
constexpr milliseconds timeout_with_counting{500};

/// Whoever ends for being fenced does so on the journal's word, which tells the process by itself.
void note_end(const char* what, const caf::error& why, process_flags& flags) {
  if (!why || why.category() == caf::type_id_v<caf::exit_reason> || why == errc::fenced) return;
  flags.broken.store(true);
  log_error("actor-ended", {{"actor", what}, {"because", sentence_of(why)}, {"do", "the process has to be started again"}});
}

/// An actor that nobody starts again: when it ends by a defect, so has the process to.
template <class Handle>
void watch(const Handle& essential, const char* what, const std::shared_ptr<process_flags>& flags) {
  essential->attach_functor([what, flags](const caf::error& why) { note_end(what, why, *flags); });
}

/// The journal ends by itself when it may not write any more.
void watch_journal(const journal_actor& journal, const std::shared_ptr<process_flags>& flags) {
  journal->attach_functor([flags](const caf::error& why) {
    if (why != errc::fenced && why != errc::store_unavailable) return note_end("journal", why, *flags);
    flags->end_of_writing = sentence_of(why);
    (why == errc::fenced ? flags->fenced : flags->unwritable).store(true);
  });
}

/// Adds the orders that were there at the start to what has been counted since.
void count_orders(reader& from, const metrics& figures) {
  try {
    const auto counts = from.count_by_status();
    for (size_t status = 1; status < figures.orders_by_status.size(); ++status)
      if (status < counts.size()) figures.orders_by_status[status]->inc(static_cast<int64_t>(counts[status]));
    const auto reasons = from.count_by_operator_reason();
    for (size_t reason = 1; reason < figures.orders_needing_operator.size(); ++reason)
      if (reason < reasons.size() && figures.orders_needing_operator[reason] != nullptr)
        figures.orders_needing_operator[reason]->inc(static_cast<int64_t>(reasons[reason]));
  } catch (const store_error& why) {
    log_warn("orders-not-counted", {{"because", why.what()}, {"effect", "the gauges of orders by status begin at none"}});
  }
}

/// A state whose actor has a thread to itself: the thread is called as the actor, without the prefix.
template <class State>
struct on_own_thread : State {
  using State::State;
  auto make_behavior() {
    const std::string_view whole{State::name};
    name_this_thread(whole.substr(whole.rfind('.') + 1));
    return State::make_behavior();
  }
};

/// Starts an actor whose work blocks.
template <class Handle, class State, class... Ts>
Handle spawn_blocking(caf::actor_system& sys, own_threads threads, Ts&&... with) {
  if (threads == own_threads::none) return sys.spawn<typename Handle::template stateful_impl<State>>(std::forward<Ts>(with)...);
  using implementation = typename Handle::template stateful_impl<on_own_thread<State>>;
  return sys.spawn<implementation, caf::detached>(std::forward<Ts>(with)...);
}

void start_store(caf::actor_system& sys, database& from, uint32_t node, const std::shared_ptr<process_flags>& flags,
                 own_threads threads, services& all) {
  std::shared_ptr<store> under = from.open_writer(node);
  flags->replaced_writer = under->replaced();
  if (const auto skipped = under->skipped_numbers())
    log_warn("numbers-skipped", {{"journal", from.describe()},
                                 {"from", skipped->from},
                                 {"to", skipped->to},
                                 {"because",
                                  "the store is a copy, and its original may have given out these numbers of orders and "
                                  "messages after the copy was taken"}});
  std::shared_ptr<const std::atomic<bool>> stop{flags, &flags->stop_waiting};
  all.journal = spawn_blocking<journal_actor, journal_state>(sys, threads, under, all.figures, stop);
  const auto add_reader = [&](std::optional<watched_reads> watched) {
    return spawn_blocking<reader_actor, reader_state>(sys, threads, std::shared_ptr<reader>{from.open_reader()}, watched);
  };
  auto& health = all.figures->store;
  all.lookups = add_reader(watched_reads{all.figures, &health.lookups, &reader::check_orders});
  all.lists = add_reader(std::nullopt);
  all.upkeep = add_reader(std::nullopt);
  for (auto& each : health.key_lookups)
    all.key_lookups.push_back(add_reader(watched_reads{all.figures, &each, &reader::check_keys}));
  // A million orders take a while to read, and nobody has to wait for it.
  auto count = [from = std::shared_ptr<reader>{from.open_reader()}, figures = all.figures, flags](caf::event_based_actor*) {
    count_orders(*from, *figures);
    flags->counted.set_value();
  };
  if (threads == own_threads::none)
    sys.spawn(std::move(count));
  else
    sys.spawn<caf::detached>(std::move(count));
}

/// Its two actors, in the directory from then on.
void start_tenant(caf::actor_system& sys, const std::shared_ptr<services>& all, const std::shared_ptr<process_flags>& flags,
                  const tenant_row& row) {
  tenant_entry one{row.number, row.name,
                   sys.spawn<inventory_actor::stateful_impl<inventory_actor_state>>(all, warehouse_of(row.number)),
                   sys.spawn<catalogue_actor::stateful_impl<catalogue_actor_state>>(all, catalogue_of(row.number))};
  watch(one.inventory, "inventory", flags);
  watch(one.catalogue, "catalogue", flags);
  all->directory->add(std::move(one));
}

}  // namespace

std::shared_ptr<services> start_services(caf::actor_system& sys, database& from, external_services world,
                                         std::shared_ptr<const clock> time, const actor_settings& limits, uint32_t node,
                                         const std::shared_ptr<process_flags>& flags, own_threads threads) {
  auto shared = std::make_shared<services>();
  auto& all = *shared;
  all.limits = limits;
  all.time = std::move(time);
  all.figures = std::make_shared<metrics>(sys);
  start_store(sys, from, node, flags, threads, all);
  // From here on actors hold `shared`; what is filled in below they read only when the first request or sweep has come.
  all.timers = sys.spawn<timer_actor::stateful_impl<timer_state>>(shared);  // First: others pause with its help from the start.
  all.directory = std::make_shared<tenant_directory>();
  for (const auto& row : from.open_reader()->tenants()) start_tenant(sys, shared, flags, row);
  all.tenants = sys.spawn<tenants_actor::stateful_impl<tenants_state>>(
      shared, [&sys, shared, flags](const tenant_row& row) { start_tenant(sys, shared, flags, row); });
  for (uint32_t shard = 0; shard < shard_count; ++shard) {
    all.accounts.push_back(sys.spawn<accounts_actor::stateful_impl<accounts_state>>(shared));
    all.shards.push_back(sys.spawn<shard_actor::stateful_impl<shard_state>>(shared, shard));
  }
  all.payments = sys.spawn<payment_actor::stateful_impl<payment_state>>(shared, std::ref(world.payments));
  all.shipments = sys.spawn<carrier_actor::stateful_impl<carrier_state>>(shared, std::ref(world.shipments));
  if (world.carts) all.carts = sys.spawn<cart_actor::stateful_impl<cart_state>>(std::ref(*world.carts));
  all.notifications = spawn_blocking<notification_actor, notification_state>(sys, threads, shared, std::ref(world.mail));
  // A service may report at once, and what a report is passed on to stands only now.
  world.payments.on_report([to = all.payments](order_id, charge_answer answer) { caf::anon_send(to, std::move(answer)); });
  watch_journal(all.journal, flags);
  watch(all.lookups, "reader", flags);
  watch(all.lists, "reader", flags);
  watch(all.upkeep, "reader", flags);
  for (const auto& one : all.key_lookups) watch(one, "reader", flags);
  watch(all.tenants, "tenants", flags);
  watch(all.payments, "payment", flags);
  watch(all.shipments, "carrier", flags);
  if (all.carts) watch(all.carts, "cart", flags);
  watch(all.notifications, "notification", flags);
  watch(all.timers, "timer", flags);
  for (const auto& shard : all.shards) watch(shard, "shard", flags);
  for (const auto& shard : all.accounts) watch(shard, "accounts", flags);
  return shared;
}

caf::actor resume_services(caf::actor_system& sys, const services_ptr& all, const std::shared_ptr<process_flags>& flags) {
  caf::anon_send(all->timers, sweep_atom_v);
  caf::anon_send(all->notifications, sweep_atom_v);
  return sys.spawn<resumer>(all, std::shared_ptr<std::atomic<bool>>{flags, &flags->resumed});
}

std::vector<caf::actor> actors_of(const services& all) {
  std::vector<caf::actor> everyone;
  auto add = [&](const auto& one) { everyone.push_back(caf::actor_cast<caf::actor>(one)); };
  for (const auto& shard : all.shards) add(shard);
  add(all.payments);
  add(all.shipments);
  if (all.carts) add(all.carts);
  add(all.timers);
  add(all.notifications);
  add(all.tenants);
  for (const auto* tenant : all.directory->all()) {
    add(tenant->inventory);
    add(tenant->catalogue);
  }
  for (const auto& shard : all.accounts) add(shard);
  add(all.lookups);
  add(all.lists);
  add(all.upkeep);
  for (const auto& one : all.key_lookups) add(one);
  add(all.journal);
  return everyone;
}

guardian::guardian(caf::actor_system& sys, database& from, external_services world, std::shared_ptr<const clock> time,
                   actor_settings limits, uint32_t node)
    : sys_(sys),
      flags_(std::make_shared<process_flags>()),
      services_(start_services(sys, from, world, std::move(time), limits, node, flags_, own_threads::where_they_block)) {}

guardian::~guardian() { drain(std::chrono::seconds{1}); }

void guardian::resume() {
  caf::anon_send(services_->journal, sweep_atom_v);
  caf::anon_send(services_->lookups, sweep_atom_v);
  for (const auto& each : services_->key_lookups) caf::anon_send(each, sweep_atom_v);
  flags_->counted.get_future().wait_for(timeout_with_counting);
  resumer_ = resume_services(sys_, services_, flags_);
}

bool guardian::drain(milliseconds timeout) {
  if (drained_) return true;
  drained_ = true;
  bool all_written = true;
  auto& all = *services_;
  caf::scoped_actor me{sys_};
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  // What was delivered is recorded, so that nobody is told twice after the next start.
  me->request(all.notifications, timeout, passivate_atom_v).receive([] {}, [](caf::error&) {});
  // An empty write goes through the journal's queue behind everything that is in it.
  const auto not_finished = [&](const std::string& why) {
    all_written = false;
    log_warn("drain-not-finished", {{"because", why}, {"effect", "what is owed is done after the next start"}});
    flags_->stop_waiting.store(true);
  };
  me->request(all.journal, timeout, follower_write{"drain", std::nullopt, {}, {}})
      .receive(
          [&](append_outcome& outcome) {
            if (outcome.status != append_status::committed) not_finished(outcome.detail);
          },
          [&](caf::error& why) { not_finished(sentence_of(why)); });
  // Before the tenants are counted: none may be started any more.
  caf::anon_send_exit(all.tenants, caf::exit_reason::user_shutdown);
  me->wait_for(all.tenants);
  auto everyone = actors_of(all);
  // First the resumer: it would find the others gone, and try again for ever.
  if (resumer_) everyone.insert(everyone.begin(), std::exchange(resumer_, nullptr));
  for (const auto& one : everyone) caf::anon_send_exit(one, caf::exit_reason::user_shutdown);
  me->wait_for(everyone);
  if (std::chrono::steady_clock::now() > deadline)
    log_warn("drain-late", {{"because", "the drain took longer than its deadline"}});
  // Handles keep actors alive, and actors keep this: release them.
  all = services{};
  return all_written;
}

}  // namespace orderflow
