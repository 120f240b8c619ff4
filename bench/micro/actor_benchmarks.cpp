// An order's way through the real actors over a store in memory: messages, rules and encoding, without disk and network.
#include <benchmark/benchmark.h>

#include "base/clock.hpp"
#include "supervision/guardian.hpp"
#include "tests/sim/memory_store.hpp"
#include "tests/sim/simulated_services.hpp"

namespace orderflow {
namespace {

create_request order_at(timestamp at, answer_when when) {
  place_order place;
  place.source = {"ann", "shop", "d4", {}, {}, {}, {}};
  place.who = {"c1", "ann@example.org", "Ann", "+1", "1 Main Street"};
  place.money = {{'U', 'S', 'D'}};
  place.lines = {{{}, "Tea", 1, 1'000, false}};
  place.pay_with = "ok";
  return {std::move(place), at, when, std::nullopt, 0};
}

/// One scheduler thread and no others, because the store in memory belongs to one thread.
struct process {
  process() {
    config.set("caf.scheduler.policy", "sharing");
    config.set("caf.scheduler.max-threads", size_t{1});
    sys = std::make_unique<caf::actor_system>(config);
    all = start_services(*sys, db, {world.payments, world.shipments, world.mail}, time, {}, 1, flags, own_threads::none);
  }
  ~process() {
    for (const auto& one : actors_of(*all)) caf::anon_send_exit(one, caf::exit_reason::user_shutdown);
  }
  process(const process&) = delete;
  process& operator=(const process&) = delete;

  test::memory_database db;
  test::simulated_services world;
  std::shared_ptr<manual_clock> time = std::make_shared<manual_clock>();
  std::shared_ptr<process_flags> flags = std::make_shared<process_flags>();
  caf::actor_system_config config;
  std::unique_ptr<caf::actor_system> sys;
  std::shared_ptr<services> all;
};

/// `at_once` orders are on their way at any time, as in a closed loop.
void order_through_the_actors(benchmark::State& state, answer_when when) {
  process with;
  const auto at_once = static_cast<size_t>(state.range(0));
  caf::scoped_actor self{*with.sys};
  size_t shard = 0;
  bool failed = false;
  for (auto _ : state) {
    size_t answered = 0;
    auto client = with.sys->spawn([&, at_once](caf::event_based_actor* me) {
      for (size_t i = 0; i < at_once; ++i)
        me->request(with.all->shards[shard++ % with.all->shards.size()], caf::infinite, order_at(with.time->now(), when))
            .then([&](const order_reply&) { ++answered; }, [&](const caf::error&) { failed = true; });
    });
    self->wait_for(client);
    if (failed || answered != at_once) return state.SkipWithError("an order was not answered");
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK_CAPTURE(order_through_the_actors, committed, answer_when::committed)
    ->Arg(1)
    ->Arg(128)
    ->UseRealTime()
    ->MeasureProcessCPUTime();
BENCHMARK_CAPTURE(order_through_the_actors, paid, answer_when::settled)->Arg(1)->Arg(128)->UseRealTime()->MeasureProcessCPUTime();

}  // namespace
}  // namespace orderflow
