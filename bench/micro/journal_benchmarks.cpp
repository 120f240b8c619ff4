// One batch of placed orders on SQLite, fsync included: what natural batching gains.
#include <benchmark/benchmark.h>

#include "tests/journal/stores.hpp"

namespace orderflow {
namespace {

constexpr timestamp now = from_ms(1'764'583'200'000);

append_request placed(int64_t id) {
  append_request request;
  request.stream = stream_of({id});
  request.events.push_back({1, 1, now, std::string(420, 'x')});  // About as long as a placed order of one line.
  order_rows rows;
  rows.state.id = {id};
  rows.state.version = 1;
  rows.state.status = order_status::pending;
  rows.state.state = std::string(480, 'x');
  rows.created = order_row{{id}, {"ann", "shop", "d4", "", "", "", ""}, "ann@example.org", now};
  request.rows = std::move(rows);
  return request;
}

void batch_on_sqlite(benchmark::State& state) {
  const test::temporary_directory directory;
  const auto db = make_database("sqlite:" + directory.file("orderflow.db"));
  db->migrate();
  const auto writer = db->open_writer(1);
  int64_t next = 0;
  for (auto _ : state) {
    state.PauseTiming();
    std::vector<append_request> requests;
    for (int64_t i = 0; i < state.range(0); ++i) requests.push_back(placed(++next));
    batch work;
    for (const auto& each : requests) work.appends.push_back(&each);
    state.ResumeTiming();
    if (writer->commit(work).status != batch_status::committed) return state.SkipWithError("the batch was not committed");
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(batch_on_sqlite)->Arg(1)->Arg(16)->Arg(128)->Arg(512)->Unit(benchmark::kMicrosecond)->UseRealTime();

}  // namespace
}  // namespace orderflow
