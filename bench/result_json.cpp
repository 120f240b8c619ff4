#include "bench/result_json.hpp"

#include <cmath>

namespace orderflow::bench {
namespace {

/// Rounded, so that files stay readable.
double rounded(double value) { return std::round(value * 1000) / 1000; }
double each(uint64_t sum, uint64_t pieces) { return rounded(static_cast<double>(sum) / static_cast<double>(pieces)); }

/// [share, microseconds]: from the middle ever closer to 1, as far as there are records to tell.
json curve_of(const histogram& of) {
  constexpr int steps_per_nine = 8;
  json points = json::array();
  for (int step = 0;; ++step) {
    const double left = std::pow(10.0, -static_cast<double>(step) / steps_per_nine);
    if (left * static_cast<double>(of.count()) < 1) break;
    points.push_back({1 - left, of.quantile(1 - left)});
  }
  if (of.count() > 0) points.push_back({1 - 1 / static_cast<double>(of.count()), of.max()});
  return points;
}

json latency_of(const histogram& of) {
  return {{"count", of.count()},         {"p50", of.quantile(0.5)}, {"p90", of.quantile(0.9)}, {"p99", of.quantile(0.99)},
          {"p99.9", of.quantile(0.999)}, {"max", of.max()},         {"curve", curve_of(of)}};
}

json cpu_of(const run_options& options, const stage_result& stage) {
  const auto& used = stage.used.cpu;
  json cpu;
  if (options.processes.server) cpu["server"] = each(used.server, stage.report.finished);
  if (options.processes.postgres) cpu["postgres"] = each(used.postgres, stage.report.finished);
  cpu["load"] = each(used.load, stage.report.finished);
  return cpu;
}

/// How much of all cores other programs used: above a few per cent the rate is theirs, too.
double others_share(const stage_result& stage, int64_t cores) {
  const auto& used = stage.used.cpu;
  const uint64_t ours = used.server + used.load + used.postgres;
  const uint64_t others = used.machine > ours ? used.machine - ours : 0;
  return rounded(static_cast<double>(others) / (static_cast<double>(stage.report.elapsed.count()) * static_cast<double>(cores)));
}

/// `suffix` tells in the names from when on these latencies count.
void add_latencies(json& out, const load_report& report, const std::string& suffix, histogram latencies::*from) {
  out["latency" + suffix] = latency_of(report.latency.*from);
  if ((report.refusal.*from).count() > 0) out["refusals" + suffix] = latency_of(report.refusal.*from);
  if (report.operations.size() < 2) return;
  for (const auto& one : report.operations)
    if ((one.took.*from).count() > 0) out["operations" + suffix][one.name] = latency_of(one.took.*from);
}

json stage_json(const run_options& options, const stage_result& stage, int64_t cores) {
  const auto& report = stage.report;
  json out;
  out["name"] = stage.name;
  out["connections"] = stage.connections;
  out["most_busy_connections"] = report.most_busy;
  out["loop"] = stage.offered ? "open" : "closed";
  if (stage.offered) out["offered_per_s"] = rounded(*stage.offered);
  out["seconds"] = rounded(std::chrono::duration<double>(report.elapsed).count());
  out["per_s"] = rounded(stage.rate());
  out["finished"] = report.finished;
  out["refused"] = report.refused;
  out["unsent"] = report.unsent;
  out["lost_connections"] = report.lost;
  out["sent_again"] = report.sent_again;
  out["longest_silence"] = report.longest_silence.count();
  out["longest_stall_of_load"] = report.longest_stall.count();
  add_latencies(out, report, "", &latencies::from_due_us);
  if (stage.offered) add_latencies(out, report, "_from_sending", &latencies::from_sending_us);
  out["cpu_each"] = cpu_of(options, stage);
  out["load_share_of_core"] = rounded(stage.load_share_of_core());
  out["cpu_share_of_others"] = options.processes.server ? json(others_share(stage, cores)) : json();
  for (const auto& [name, us] : stage.used.server_threads)
    if (us > 0) out["server_threads_each"][name] = each(us, report.finished);
  if (options.processes.server) out["server_rss_kb"] = stage.used.server_rss_kb;
  return out;
}

json timeline_json(const run_result& result) {
  json finished = json::array();
  json refused = json::array();
  for (const auto& slice : result.slices) {
    finished.push_back(slice.finished);
    refused.push_back(slice.refused);
  }
  return {{"slice_ms", timeline::slice.count()}, {"finished", finished}, {"refused", refused}};
}

/// Shares of one core between a sample and the one before.
json samples_json(const run_result& result) {
  json out{{"at_ms", json::array()}, {"cpu_percent", json::object()}, {"gauges", json::object()}};
  for (size_t i = 1; i < result.samples.size(); ++i) {
    const sample& before = result.samples[i - 1];
    const sample& now = result.samples[i];
    const auto passed_us = static_cast<double>((now.at - before.at).count()) * 1000;
    const cpu_reading used = now.cpu - before.cpu;
    const auto add = [&](const char* name, uint64_t us) {
      out["cpu_percent"][name].push_back(rounded(100 * static_cast<double>(us) / passed_us));
    };
    out["at_ms"].push_back(now.at.count());
    if (result.options.processes.server) add("server", used.server);
    if (result.options.processes.postgres) add("postgres", used.postgres);
    add("load", used.load);
    for (const auto& name : sampled_gauges()) {
      const auto found = now.gauges.find(name);
      out["gauges"][name].push_back(found == now.gauges.end() ? json() : json(found->second));
    }
    if (result.options.processes.server) out["server_rss_kb"].push_back(now.server_rss_kb);
  }
  return out;
}

json counted_json(const run_result& result) {
  json out{{"orders", result.orders}, {"total", json::object()}, {"per_order", json::object()}};
  for (const auto& [name, value] : result.counted) {
    out["total"][name] = value;
    out["per_order"][name] = rounded(value / static_cast<double>(result.orders));
  }
  return out;
}

}  // namespace

json to_json(const run_result& result) {
  const auto& options = result.options;
  const auto cores = static_cast<int64_t>(std::thread::hardware_concurrency());
  json out;
  out["format"] = "orderflow-bench-1";
  out["label"] = options.label;
  out["scenario"] = name_of(options.kind);
  out["tracked"] = options.tracked;
  out["keyed"] = options.keyed;
  out["cores"] = cores;
  for (const auto& stage : result.stages) out["stages"].push_back(stage_json(options, stage, cores));
  out["counted"] = counted_json(result);
  out["backlog_ms"] = result.backlog.count();
  out["verified"] = {{"orders", result.verified.orders},
                     {"captures", result.verified.captures},
                     {"refunds", result.verified.refunds},
                     {"stock", result.stock_verified}};
  out["timeline"] = timeline_json(result);
  out["samples"] = samples_json(result);
  return out;
}

}  // namespace orderflow::bench
