// The rules and the stored form of an order: what each command costs before anything is written.
#include <benchmark/benchmark.h>

#include "codec/order_json.hpp"
#include "domain/order/decide.hpp"
#include "domain/order/evolve.hpp"

namespace orderflow {
namespace {

constexpr timestamp now = from_ms(1'764'583'200'000);

place_order document_order() {
  place_order place;
  place.id = {4711};
  place.source.owner = "ann";
  place.source.tenant = "shop";
  place.source.origin = "d4";
  place.who.email = "tanaka@example.co.jp";
  place.who.name = "田中太郎";
  place.money = {{'J', 'P', 'Y'}};
  place.lines = {{{}, "ノートPC", 2, 89'800, false}};
  place.pay_with = "ok";
  return place;
}

/// Decides, folds what came of it, and keeps it.
void apply(order& on, std::vector<recorded_event>& recorded, order_action action) {
  for (auto& event : decide(on, {std::move(action), now}).events) {
    recorded.push_back({std::move(event), now});
    evolve(on, recorded.back());
  }
}

std::vector<recorded_event> paid_order(order& on) {
  std::vector<recorded_event> recorded;
  apply(on, recorded, document_order());
  apply(on, recorded, money_was_captured{1, "471101", 179'600});
  return recorded;
}

void decide_placing(benchmark::State& state) {
  const order nothing;
  const order_command options{document_order(), now};
  for (auto _ : state) benchmark::DoNotOptimize(decide(nothing, options));
}
BENCHMARK(decide_placing);

void whole_paid_order_without_io(benchmark::State& state) {
  for (auto _ : state) {
    order on;
    benchmark::DoNotOptimize(paid_order(on));
  }
}
BENCHMARK(whole_paid_order_without_io);

void encode_events_of_paid_order(benchmark::State& state) {
  order on;
  const auto recorded = paid_order(on);
  for (auto _ : state)
    for (const auto& each : recorded) benchmark::DoNotOptimize(encode(each));
  state.counters["events"] = static_cast<double>(recorded.size());
}
BENCHMARK(encode_events_of_paid_order);

void decode_events_of_paid_order(benchmark::State& state) {
  order on;
  std::vector<stored_event> stored;
  for (const auto& recorded : paid_order(on)) stored.push_back(encode(recorded));
  for (auto _ : state)
    for (const auto& each : stored) benchmark::DoNotOptimize(decode_order_event(each));
  state.counters["events"] = static_cast<double>(stored.size());
}
BENCHMARK(decode_events_of_paid_order);

void encode_state_of_paid_order(benchmark::State& state) {
  order on;
  benchmark::DoNotOptimize(paid_order(on));
  for (auto _ : state) benchmark::DoNotOptimize(encode_state(on));
}
BENCHMARK(encode_state_of_paid_order);

void decode_state_of_paid_order(benchmark::State& state) {
  order on;
  benchmark::DoNotOptimize(paid_order(on));
  const auto text = encode_state(on);
  for (auto _ : state) benchmark::DoNotOptimize(decode_state(text));
}
BENCHMARK(decode_state_of_paid_order);

}  // namespace
}  // namespace orderflow
