#include "bench/run.hpp"

#include <unistd.h>

#include <cstdio>
#include <stdexcept>

#include "bench/stock.hpp"

namespace orderflow::bench {
namespace {

using steady = std::chrono::steady_clock;

constexpr unsigned usual_connections = 128;
/// What the server takes in at once by default (http.max_in_flight, 4096), so that it is the server that refuses, and as many
/// more as 50 000 refusals a second need that take less than 40 ms each. Below what a server lets connect (http.max_connections).
constexpr unsigned overload_connections = 6000;

struct stage_plan {
  std::string name;
  load_plan load;
};

class slow_gateway {
 public:
  slow_gateway(blocking_client& server, std::chrono::milliseconds delay) : server_(server) { set(delay); }
  ~slow_gateway() {
    try {
      set(std::chrono::milliseconds{0});
    } catch (const std::runtime_error& gone) {
      std::fprintf(stderr, "bench: the gateway's delay could not be taken back: %s\n", gone.what());
    }
  }
  slow_gateway(const slow_gateway&) = delete;
  slow_gateway& operator=(const slow_gateway&) = delete;

 private:
  void set(std::chrono::milliseconds delay) {
    const auto reply = server_.put("/dev/gateway/mode", R"({"mode":"ok","delay_ms":)" + std::to_string(delay.count()) + "}");
    if (reply.status != 200) throw std::runtime_error{"PUT /dev/gateway/mode answered " + std::to_string(reply.status)};
  }

  blocking_client& server_;
};

/// Runs one stage after the other on the same scenario.
class stage_runner {
 public:
  stage_runner(const run_options& options, scenario& what, timeline& over) : options_(options), what_(what), over_(over) {}

  [[nodiscard]] stage_result run(const stage_plan& stage) {
    stage_result result;
    result.name = stage.name;
    result.connections = stage.load.connections;
    result.offered = stage.load.rate;
    resource_use before;
    load_listener told;
    told.at_start = [&] { before = read(); };
    told.at_end = [&] { result.used = since(before); };
    if (options_.progress) told.every_second = [&](const load_report& so_far) { print_progress(stage, so_far); };
    result.report = run_load(stage.load, what_, over_, told);
    if (result.report.finished == 0) throw std::runtime_error{"no order was acknowledged within the measured time"};
    return result;
  }

 private:
  [[nodiscard]] resource_use read() const {
    resource_use now;
    now.cpu = read_cpu(options_.processes);
    if (!options_.processes.server) return now;
    now.server_threads = cpu_us_by_thread(*options_.processes.server);
    now.server_rss_kb = rss_kb_of(*options_.processes.server);
    return now;
  }

  [[nodiscard]] resource_use since(const resource_use& before) const {
    resource_use now = read();
    now.cpu = now.cpu - before.cpu;
    now.server_threads = now.server_threads - before.server_threads;
    return now;
  }

  void print_progress(const stage_plan& stage, const load_report& so_far) const {
    const auto seconds = std::chrono::duration<double>(steady::now() - over_.start()).count();
    if (so_far.finished == 0) {
      std::fprintf(stderr, "%5.0f s  %s: warming up\n", seconds, stage.name.c_str());
      return;
    }
    const double measured = std::chrono::duration<double>(so_far.elapsed).count();
    std::fprintf(
        stderr, "%5.0f s  %s: %.0f/s, p50 %.2f ms, p99 %.2f ms, refused %llu\n", seconds, stage.name.c_str(),
        static_cast<double>(so_far.finished) / measured, static_cast<double>(so_far.latency.from_due_us.quantile(0.5)) / 1000,
        static_cast<double>(so_far.latency.from_due_us.quantile(0.99)) / 1000, static_cast<unsigned long long>(so_far.refused));
  }

  const run_options& options_;
  scenario& what_;
  timeline& over_;
};

/// First what the server can do in a closed loop, then multiples of that, whatever it answers.
std::vector<stage_result> run_overload(stage_runner& runner, load_plan load, const std::vector<double>& steps) {
  load_plan closed = load;
  closed.connections = std::min(usual_connections, load.connections);
  std::vector<stage_result> results{runner.run({"capacity", closed})};
  const double capacity = results.front().rate();
  load.warmup = std::min(load.warmup, std::chrono::milliseconds{500});
  for (const double factor : steps) {
    load.rate = capacity * factor;
    char name[32];
    std::snprintf(name, sizeof name, "%.1f x capacity", factor);
    results.push_back(runner.run({name, load}));
  }
  return results;
}

std::vector<stage_result> run_stages(const run_options& options, const load_plan& load, scenario& what, timeline& over) {
  stage_runner runner{options, what, over};
  if (options.kind == scenario_kind::overload) return run_overload(runner, load, options.steps);
  std::vector<stage_result> results;
  results.push_back(runner.run({name_of(options.kind), load}));
  return results;
}

load_plan plan_of(const run_options& options) {
  load_plan load;
  load.to = parse_endpoint(options.url);
  load.connections =
      options.connections.value_or(options.kind == scenario_kind::overload ? overload_connections : usual_connections);
  load.warmup = options.warmup;
  load.duration = options.duration;
  load.rate = options.rate;
  load.survives_loss = options.kind == scenario_kind::restart;
  return load;
}

scenario_options scenario_options_of(const run_options& options, const load_plan& load) {
  scenario_options made;
  made.kind = options.kind;
  made.to = load.to;
  made.customer =
      "load-" + std::to_string(getpid()) + "-" + std::to_string(steady::now().time_since_epoch().count()) + "@example.co.jp";
  made.connections = load.connections;
  made.tracked = options.tracked;
  made.keyed = options.keyed;
  made.stock = options.stock;
  made.keys_in = options.keys_in;
  return made;
}

/// Orders are answered before they are paid: how long it takes until the last one is has to be waited for.
bool settles_behind(scenario_kind kind) {
  switch (kind) {
    case scenario_kind::accepted:
    case scenario_kind::overload:
    case scenario_kind::restart: return true;
    case scenario_kind::paid:
    case scenario_kind::create:
    case scenario_kind::mixed:
    case scenario_kind::d0:
    case scenario_kind::hot:
    case scenario_kind::slow_gateway: break;
  }
  return false;
}

}  // namespace

double stage_result::rate() const {
  return static_cast<double>(report.finished) / std::chrono::duration<double>(report.elapsed).count();
}

double stage_result::load_share_of_core() const {
  return static_cast<double>(used.cpu.load) / static_cast<double>(report.elapsed.count());
}

run_result run(const run_options& options) {
  run_result result;
  result.options = options;
  const load_plan load = plan_of(options);
  const auto what = make_scenario(scenario_options_of(options, load));
  blocking_client server{load.to};
  set_up_products(server, what->terms().products);
  const auto stock = count_stock(server, what->terms().products);
  std::optional<slow_gateway> slow;
  if (options.kind == scenario_kind::slow_gateway) slow.emplace(server, options.gateway_delay);
  const auto before = read_metrics(server);
  timeline over{steady::now()};
  sampler watching{load.to, options.processes, over.start()};
  result.stages = run_stages(options, load, *what, over);
  if (settles_behind(options.kind)) result.backlog = wait_for_backlog(server, *what);
  result.samples = watching.finish();
  // A server that was started anew has counted from nothing.
  if (!load.survives_loss) result.counted = growth(before, read_metrics(server));
  result.slices = over.slices();
  result.orders = what->told().size();
  result.verified = verify(server, *what);
  if (stock) check_stock(server, *what, *stock);
  result.stock_verified = stock.has_value();
  return result;
}

}  // namespace orderflow::bench
