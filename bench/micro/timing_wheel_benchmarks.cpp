// Deadlines: armed, moved and fired among very many others.
#include <benchmark/benchmark.h>

#include <random>

#include "base/timing_wheel.hpp"

namespace orderflow {
namespace {

constexpr timestamp start = from_ms(1'764'583'200'000);
constexpr int64_t half_an_hour_ms = 30 * 60 * 1000;

void fill(timing_wheel<int64_t, timestamp>& wheel, int64_t count) {
  std::mt19937_64 dice{1};
  for (int64_t key = 0; key < count; ++key) wheel.arm(key, start + milliseconds{static_cast<int64_t>(dice() % half_an_hour_ms)});
}

void rearm_among_others(benchmark::State& state) {
  timing_wheel<int64_t, timestamp> wheel{start};
  fill(wheel, state.range(0));
  std::mt19937_64 dice{2};
  for (auto _ : state) {
    const auto key = static_cast<int64_t>(dice() % static_cast<uint64_t>(state.range(0)));
    wheel.arm(key, start + milliseconds{static_cast<int64_t>(dice() % half_an_hour_ms)});
  }
}
BENCHMARK(rearm_among_others)->Arg(1'000)->Arg(1'000'000);

void fire_half_an_hour(benchmark::State& state) {
  for (auto _ : state) {
    state.PauseTiming();
    timing_wheel<int64_t, timestamp> wheel{start};
    fill(wheel, state.range(0));
    state.ResumeTiming();
    for (int64_t ms = 0; ms <= half_an_hour_ms; ms += 100) benchmark::DoNotOptimize(wheel.advance(start + milliseconds{ms}));
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(fire_half_an_hour)->Arg(100'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace orderflow
