#include "bench/bench.hpp"

#include <unistd.h>

#include <cstdio>
#include <memory>
#include <stdexcept>

#include "bench/cpu.hpp"
#include "bench/load.hpp"
#include "bench/verify.hpp"

namespace orderflow {
namespace {

using namespace bench;

struct bench_options {
  std::string url;
  unsigned connections = 128;
  std::chrono::milliseconds duration{8000};
  std::chrono::milliseconds warmup{2000};
  scenario what = scenario::paid;
  bool tracked = false;
  bool keyed = false;
  std::optional<int> server_pid;
  std::optional<int> postgres_pid;
};

load_plan plan_of(const bench_options& options) {
  const auto started = std::chrono::steady_clock::now().time_since_epoch().count();
  return {.to = parse_endpoint(options.url),
          .connections = options.connections,
          .warmup = options.warmup,
          .duration = options.duration,
          .what = options.what,
          .tracked = options.tracked,
          .keyed = options.keyed,
          .customer = "load-" + std::to_string(getpid()) + "-" + std::to_string(started) + "@example.co.jp"};
}

const char* name_of(scenario what) {
  switch (what) {
    case scenario::paid: return "paid";
    case scenario::accepted: return "accepted";
    case scenario::create: return "create";
  }
  return "";
}

scenario scenario_named(const std::string& word) {
  for (const scenario what : {scenario::accepted, scenario::create})
    if (word == name_of(what)) return what;
  return scenario::paid;
}

double per_order(uint64_t us, uint64_t orders) { return static_cast<double>(us) / static_cast<double>(orders); }
double in_ms(uint64_t us) { return static_cast<double>(us) / 1000.0; }

void print_cpu(const bench_options& options, const cpu_reading& used, const load_report& report) {
  std::printf("cpu per order  ");
  if (options.server_pid) std::printf("server %.1f us, ", per_order(used.server, report.measured));
  if (options.postgres_pid) std::printf("postgres %.1f us, ", per_order(used.postgres, report.measured));
  std::printf("load %.1f us\n", per_order(used.load, report.measured));
  if (!options.server_pid) return;
  const auto cores = static_cast<uint64_t>(sysconf(_SC_NPROCESSORS_ONLN));
  const uint64_t ours = used.server + used.load + used.postgres;
  const uint64_t others = used.machine > ours ? used.machine - ours : 0;
  const double capacity = static_cast<double>(report.elapsed.count()) * static_cast<double>(cores);
  std::printf("of %llu cores     ours %.0f %%, everything else %.0f %%\n", static_cast<unsigned long long>(cores),
              100.0 * static_cast<double>(ours) / capacity, 100.0 * static_cast<double>(others) / capacity);
}

void print(const bench_options& options, const load_report& report, const cpu_reading& used, const verified_counts& counts) {
  const double seconds = static_cast<double>(report.elapsed.count()) / 1e6;
  std::printf("scenario       %s%s%s, %u connections, %.1f s\n", name_of(options.what), options.tracked ? ", tracked" : "",
              options.keyed ? ", keyed" : "", options.connections, seconds);
  std::printf("rate           %.0f orders/s\n", static_cast<double>(report.measured) / seconds);
  std::printf("latency        p50 %.2f ms, p99 %.2f ms, max %.2f ms\n", in_ms(report.latency_us.quantile(0.5)),
              in_ms(report.latency_us.quantile(0.99)), in_ms(report.latency_us.max()));
  print_cpu(options, used, report);
  if (report.refused > 0) std::printf("refused        %llu\n", static_cast<unsigned long long>(report.refused));
  if (options.what == scenario::accepted)
    std::printf("backlog        settled %lld ms after the last answer\n", static_cast<long long>(counts.backlog.count()));
  std::printf("verified       %llu orders read back, %llu captures in the ledger\n",
              static_cast<unsigned long long>(counts.orders), static_cast<unsigned long long>(counts.captures));
}

int run_bench(const bench_options& options) {
  try {
    const load_plan plan = plan_of(options);
    blocking_client server{plan.to};
    if (options.tracked) set_up_products(server);
    cpu_reading before;
    cpu_reading after;
    const auto read = [&] { return read_cpu(options.server_pid, options.postgres_pid); };
    const auto report = run_load(
        plan, [&] { before = read(); }, [&] { after = read(); });
    const auto counts = verify(server, plan, report);
    if (report.measured == 0) throw std::runtime_error{"no order was acknowledged within the measured time"};
    print(options, report, after - before, counts);
    return 0;
  } catch (const std::runtime_error& error) {
    std::fprintf(stderr, "bench: no figure, because %s\n", error.what());
    return 1;
  }
}

}  // namespace

void add_bench_command(CLI::App& app, std::function<int()>& chosen) {
  auto options = std::make_shared<bench_options>();
  CLI::App* command = app.add_subcommand("bench", "Load a running server with concurrent orders and verify every one of them");
  command->add_option("--url", options->url, "The server, http://HOST:PORT; started with --dev")->required();
  command->add_option("--connections", options->connections, "Keep-alive connections, each with one request on its way")
      ->check(CLI::Range(1u, 10000u))
      ->capture_default_str();
  const CLI::AsNumberWithUnit as_ms{std::map<std::string, int64_t>{{"ms", 1}, {"s", 1000}, {"m", 60000}},
                                    CLI::AsNumberWithUnit::UNIT_REQUIRED};
  const auto add_time = [command, as_ms](const char* name, std::chrono::milliseconds& value, const char* what) {
    command
        ->add_option_function<int64_t>(
            name, [&value](const int64_t& ms) { value = std::chrono::milliseconds{ms}; }, what)
        ->transform(as_ms)
        ->type_name("TIME");
  };
  add_time("--duration", options->duration, "Measured time, such as 8s");
  add_time("--warmup", options->warmup, "Time before it, such as 2s");
  command
      ->add_option_function<std::string>(
          "--scenario", [options](const std::string& word) { options->what = scenario_named(word); },
          "paid (default): answered when paid; accepted: after the first commit; create: without payment")
      ->check(CLI::IsMember({"paid", "accepted", "create"}));
  command->add_flag("--tracked", options->tracked, "Two of 1000 products with stock instead of the document's own line");
  command->add_flag("--keyed", options->keyed, "An Idempotency-Key with each order");
  command->add_option("--server-pid", options->server_pid, "Process of the server, for its share of the CPU");
  command->add_option("--postgres-pid", options->postgres_pid, "PostgreSQL's first process, for the share of all of them");
  command->callback([options, &chosen] { chosen = [options] { return run_bench(*options); }; });
}

}  // namespace orderflow
