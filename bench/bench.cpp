#include "bench/bench.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>

#include "base/file_error.hpp"
#include "bench/html_report.hpp"
#include "bench/print.hpp"

namespace orderflow {
namespace {

using namespace bench;

/// A connection is a file descriptor, and the usual limit is lower than what may be asked for.
void allow_connections() {
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0) return;
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
}

/// Where a run's result goes besides the terminal.
struct bench_files {
  std::string json;
  std::string html;
};

void write_file(const std::string& path, const std::string& text) {
  std::ofstream out{path, std::ios::binary};
  errno = 0;
  if (!(out << text).flush()) throw std::runtime_error{file_error(path + " cannot be written", errno)};
}

json read_result(const std::string& path) {
  std::ifstream in{path, std::ios::binary};
  const std::string text{std::istreambuf_iterator<char>{in}, {}};
  json result = json::parse(text, nullptr, false);
  if (!result.is_object() || result.value("format", "") != "orderflow-bench-1")
    throw std::runtime_error{path + " is no result of `orderflow bench --json`"};
  return result;
}

int run_bench(const run_options& options, const bench_files& files) {
  try {
    allow_connections();
    const run_result result = bench::run(options);
    const json told = to_json(result);
    if (!files.json.empty()) write_file(files.json, told.dump(1) + "\n");
    if (!files.html.empty()) write_file(files.html, html_report({told}));
    print(result);
    return 0;
  } catch (const std::runtime_error& error) {
    std::fprintf(stderr, "bench: no figure, because %s\n", error.what());
    return 1;
  }
}

int write_report(const std::vector<std::string>& from, const std::string& to) {
  try {
    std::vector<json> runs;
    for (const auto& path : from) runs.push_back(read_result(path));
    write_file(to, html_report(runs));
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench: no report, because %s\n", error.what());
    return 1;
  }
}

void add_report(CLI::App& command, std::function<int()>& chosen) {
  auto from = std::make_shared<std::vector<std::string>>();
  auto to = std::make_shared<std::string>();
  CLI::App* report = command.add_subcommand("report", "One page of the results of several runs");
  report->add_option("results", *from, "Files that --json wrote")->required()->multi_option_policy(CLI::MultiOptionPolicy::Throw);
  report->add_option("--out", *to, "The page, HTML")->required();
  report->callback([from, to, &chosen] { chosen = [from, to] { return write_report(*from, *to); }; });
}

void add_times(CLI::App& command, const std::shared_ptr<run_options>& options) {
  const CLI::AsNumberWithUnit as_ms{std::map<std::string, int64_t>{{"ms", 1}, {"s", 1000}, {"m", 60000}},
                                    CLI::AsNumberWithUnit::UNIT_REQUIRED};
  const auto add = [&](const char* name, std::chrono::milliseconds run_options::*value, const char* what) {
    command
        .add_option_function<int64_t>(
            name, [options, value](const int64_t& ms) { (*options).*value = std::chrono::milliseconds{ms}; }, what)
        ->transform(as_ms)
        ->type_name("TIME");
  };
  add("--duration", &run_options::duration, "Measured time, such as 8s; overload: of each step");
  add("--warmup", &run_options::warmup, "Time before it, such as 2s");
  add("--gateway-delay", &run_options::gateway_delay, "slow-gateway: how long the payment gateway takes, such as 250ms");
}

void add_scenario(CLI::App& command, const std::shared_ptr<run_options>& options) {
  command
      .add_option_function<std::string>(
          "--scenario", [options](const std::string& word) { options->kind = scenario_named(word); },
          "paid (default): answered when paid; accepted: after the first commit; create: without payment; mixed: create, read, "
          "list, ship, cancel; d0: create, lock, pay; hot: one product with a limited stock; slow-gateway; overload: open loop "
          "in steps up to five times the capacity; restart: outlives the server's restarts")
      ->check(CLI::IsMember(scenario_names()));
  command.add_flag("--tracked", options->tracked, "Two of 1000 products with stock instead of the document's own line");
  command.add_flag("--keyed", options->keyed, "An Idempotency-Key with each order");
  command.add_option("--stock", options->stock, "hot: pieces of the product")->check(CLI::PositiveNumber);
  command.add_option("--steps", options->steps, "overload: multiples of the capacity that are offered (0.5 1 2 3 4 5)")
      ->check(CLI::Range(0.01, 100.0))
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command.add_option("--data", options->keys_in, "d0: the server's data directory, whose keys sign the orders");
}

}  // namespace

void add_bench_command(CLI::App& app, std::function<int()>& chosen) {
  auto options = std::make_shared<run_options>();
  CLI::App* command = app.add_subcommand("bench", "Load a running server with concurrent orders and verify every one of them");
  // A script's options may be followed by those of who calls it.
  command->option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  auto files = std::make_shared<bench_files>();
  command->add_option("--url", options->url, "The server, http://HOST:PORT; started with --dev");
  command->add_option("--label", options->label, "What this run is called in reports, such as the journal");
  command->add_option("--json", files->json, "Write the result there as JSON");
  command->add_option("--html", files->html, "Write a page with tables and plots there");
  command->add_option("--connections", options->connections, "Keep-alive connections (128; overload: 6000)")
      ->check(CLI::Range(1u, 10000u));
  command
      ->add_option("--rate", options->rate,
                   "Open loop: so many a second, whatever the server does, latency counted from when each was due. Without it "
                   "each connection waits for its answer")
      ->check(CLI::PositiveNumber);
  add_times(*command, options);
  add_scenario(*command, options);
  command->add_option("--server-pid", options->processes.server, "Process of the server, for its share of the CPU");
  command->add_option("--postgres-pid", options->processes.postgres, "PostgreSQL's first process, for the share of all of them");
  add_report(*command, chosen);
  command->callback([options, files, command, &chosen] {
    if (!command->get_subcommands().empty()) return;
    if (options->url.empty()) throw CLI::RequiredError{"--url"};
    options->progress = isatty(STDERR_FILENO) == 1;
    chosen = [options, files] { return run_bench(*options, *files); };
  });
}

}  // namespace orderflow
