#include "bench/print.hpp"

#include <unistd.h>

#include <cstdio>

namespace orderflow::bench {
namespace {

using counted = unsigned long long;

double in_ms(uint64_t us) { return static_cast<double>(us) / 1000.0; }
double in_ms(std::chrono::microseconds us) { return static_cast<double>(us.count()) / 1000.0; }
double in_s(std::chrono::microseconds us) { return static_cast<double>(us.count()) / 1e6; }
double each(uint64_t us, uint64_t pieces) { return static_cast<double>(us) / static_cast<double>(pieces); }

/// What a piece of work is called in the rate.
const char* unit_of(scenario_kind kind) { return kind == scenario_kind::mixed ? "requests" : "orders"; }

void print_latency(const char* name, const histogram& of) {
  if (of.count() == 0) return;
  std::printf("%-14s p50 %.2f ms, p99 %.2f ms, p99.9 %.2f ms, max %.2f ms\n", name, in_ms(of.quantile(0.5)),
              in_ms(of.quantile(0.99)), in_ms(of.quantile(0.999)), in_ms(of.max()));
}

void print_latencies(const stage_result& stage, const char* name, const latencies& of) {
  print_latency(name, of.from_due_us);
  if (stage.offered) print_latency("    from sending", of.from_sending_us);
}

void print_cpu(const run_options& options, const stage_result& stage) {
  const auto& used = stage.used.cpu;
  std::printf("%-14s ", options.kind == scenario_kind::mixed ? "cpu/request" : "cpu per order");
  if (options.processes.server) std::printf("server %.1f us, ", each(used.server, stage.report.finished));
  if (options.processes.postgres) std::printf("postgres %.1f us, ", each(used.postgres, stage.report.finished));
  std::printf("load %.1f us (%.0f %% of a core)\n", each(used.load, stage.report.finished), 100 * stage.load_share_of_core());
  if (!options.processes.server) return;
  const auto cores = static_cast<double>(sysconf(_SC_NPROCESSORS_ONLN));
  const uint64_t ours = used.server + used.load + used.postgres;
  const uint64_t others = used.machine > ours ? used.machine - ours : 0;
  const double capacity = static_cast<double>(stage.report.elapsed.count()) * cores;
  std::printf("of %.0f cores     ours %.0f %%, everything else %.0f %%\n", cores, 100.0 * static_cast<double>(ours) / capacity,
              100.0 * static_cast<double>(others) / capacity);
  std::printf("server threads");
  for (const auto& [name, us] : stage.used.server_threads)
    if (us > 0) std::printf("  %s %.1f us", name.c_str(), each(us, stage.report.finished));
  std::printf("\nserver memory  %llu MB\n", static_cast<counted>(stage.used.server_rss_kb / 1024));
}

void print_troubles(const load_report& report) {
  if (report.unsent > 0)
    std::printf("unsent         %llu were due and not sent before the end\n", static_cast<counted>(report.unsent));
  if (report.lost > 0)
    std::printf("lost           %llu connections, %llu requests sent again, nothing finished for up to %.0f ms\n",
                static_cast<counted>(report.lost), static_cast<counted>(report.sent_again), in_ms(report.longest_silence));
  if (report.longest_stall > std::chrono::milliseconds{100})
    std::printf("held up        the load itself stood still for up to %.0f ms: this machine was busy with something else\n",
                in_ms(report.longest_stall));
}

void print_stage(const run_options& options, const stage_result& stage) {
  const auto& report = stage.report;
  std::printf("scenario       %s%s%s, %u connections, %.1f s", stage.name.c_str(), options.tracked ? ", tracked" : "",
              options.keyed ? ", keyed" : "", stage.connections, in_s(report.elapsed));
  if (stage.offered)
    std::printf(", open loop of %.0f/s\n", *stage.offered);
  else
    std::printf("\n");
  std::printf("rate           %.0f %s/s\n", stage.rate(), unit_of(options.kind));
  print_latencies(stage, "latency", report.latency);
  if (report.operations.size() > 1)
    for (const auto& one : report.operations) print_latencies(stage, ("  " + one.name).c_str(), one.took);
  if (report.refused > 0)
    std::printf("refused        %llu, %.0f/s\n", static_cast<counted>(report.refused),
                static_cast<double>(report.refused) / in_s(report.elapsed));
  print_latencies(stage, "  refusals", report.refusal);
  print_cpu(options, stage);
  print_troubles(report);
}

/// "p50 / p99" in milliseconds.
std::string quantiles(const histogram& of) {
  if (of.count() == 0) return "-";
  char text[48];
  std::snprintf(text, sizeof text, "%.1f / %.1f", in_ms(of.quantile(0.5)), in_ms(of.quantile(0.99)));
  return text;
}

/// One line per open loop, so that what was offered can be compared with what came of it.
void print_steps(const run_result& result) {
  std::printf("%-15s %10s %8s %8s %8s %8s %6s  %-19s %-19s %-19s %-19s\n", "latency p50/p99", "offered/s", "done/s", "refused",
              "unsent", "busy", "load", "done since due", "since sending", "refused since due", "since sending");
  for (const auto& stage : result.stages) {
    if (!stage.offered) continue;
    const auto& report = stage.report;
    const auto per_s = [&](uint64_t count) { return static_cast<double>(count) / in_s(report.elapsed); };
    std::printf("%-15s %10.0f %8.0f %8.0f %8.0f %8llu %4.0f %%  %-19s %-19s %-19s %-19s\n", stage.name.c_str(), *stage.offered,
                stage.rate(), per_s(report.refused), per_s(report.unsent), static_cast<counted>(report.most_busy),
                100 * stage.load_share_of_core(), quantiles(report.latency.from_due_us).c_str(),
                quantiles(report.latency.from_sending_us).c_str(), quantiles(report.refusal.from_due_us).c_str(),
                quantiles(report.refusal.from_sending_us).c_str());
  }
  std::printf("\n");
}

void print_counted(const run_result& result) {
  constexpr const char* shown[][2] = {{"orderflow_journal_batches_total", "commits"},
                                      {"orderflow_journal_appends_total", "appends"},
                                      {"caf_system_processed_messages_total", "messages"},
                                      {"orderflow_http_shed_total", "sheds"}};
  if (result.counted.empty()) return;
  std::printf("per order     ");
  for (const auto& [name, word] : shown)
    if (const auto found = result.counted.find(name); found != result.counted.end())
      std::printf("  %s %.3f", word, found->second / static_cast<double>(result.orders));
  std::printf("\n");
}

}  // namespace

void print(const run_result& result) {
  for (const auto& stage : result.stages) {
    print_stage(result.options, stage);
    if (result.stages.size() > 1) std::printf("\n");
  }
  if (result.stages.size() > 1) print_steps(result);
  print_counted(result);
  if (result.backlog > std::chrono::milliseconds{50} || result.options.kind == scenario_kind::accepted)
    std::printf("backlog        settled %lld ms after the last answer\n", static_cast<long long>(result.backlog.count()));
  std::printf("verified       %llu orders read back, %llu captures and %llu refunds in the ledger%s\n",
              static_cast<counted>(result.verified.orders), static_cast<counted>(result.verified.captures),
              static_cast<counted>(result.verified.refunds), result.stock_verified ? ", the stock adds up" : "");
}

}  // namespace orderflow::bench
