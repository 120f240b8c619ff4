#include "bench/html_report.hpp"

#include <cmath>
#include <map>

#include "bench/svg_plot.hpp"

namespace orderflow::bench {
namespace {

constexpr const char* page_head = R"(<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>orderflow bench</title><style>
:root{color-scheme:light dark;--ink:#1c2128;--soft:#5b6470;--line:#d9dde3;--page:#fff;--card:#f7f8fa;
--c0:#2f6bd0;--c1:#c9641a;--c2:#12866f;--c3:#b8336a;--c4:#6e56cf;--c5:#8a6d00;--c6:#0f7f9f;--c7:#6b7280}
@media (prefers-color-scheme:dark){:root{--ink:#e6e9ee;--soft:#9aa4b2;--line:#343b46;--page:#14171c;--card:#1b1f26;
--c0:#7aa7f7;--c1:#f0a263;--c2:#4fc6ad;--c3:#f07fa9;--c4:#ab9bf2;--c5:#d9bd4f;--c6:#5cc3e0;--c7:#a3acb9}}
body{font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--page);max-width:1240px;margin:2rem auto;padding:0 1rem}
h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2.2rem}p,figcaption{color:var(--soft)}
.scroll{overflow-x:auto}table{border-collapse:collapse;font-variant-numeric:tabular-nums}
th,td{padding:.25rem .7rem;text-align:right;border-bottom:1px solid var(--line);white-space:nowrap}
th{font-weight:600;color:var(--soft)}th:first-child,td:first-child{text-align:left}
.plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,440px),1fr));gap:1rem}
figure{margin:0;padding:.8rem;background:var(--card);border:1px solid var(--line);border-radius:8px}
svg{width:100%;height:auto}svg text{font-size:11px;fill:var(--soft)}svg path{fill:none;stroke-width:1.8}
svg .grid{stroke:var(--line);stroke-width:1}.legend{font-size:13px}.legend span{margin-right:1rem;white-space:nowrap}
.legend i{display:inline-block;width:14px;height:3px;margin-right:.35rem;vertical-align:middle}
.s0{stroke:var(--c0)}.s1{stroke:var(--c1)}.s2{stroke:var(--c2)}.s3{stroke:var(--c3)}.s4{stroke:var(--c4)}.s5{stroke:var(--c5)}
.s6{stroke:var(--c6)}.s7{stroke:var(--c7)}
i.s0{background:var(--c0)}i.s1{background:var(--c1)}i.s2{background:var(--c2)}i.s3{background:var(--c3)}i.s4{background:var(--c4)}
i.s5{background:var(--c5)}i.s6{background:var(--c6)}i.s7{background:var(--c7)}
</style></head><body>
<h1>orderflow bench</h1>
<p>Each run was verified: every acknowledged order was read back once, in the state that was told, and the payment gateway's ledger
adds up with them. Latency of an open loop counts from the time at which a request was due, what was never sent included; where it
says <i>since sending</i>, it is the answer's alone, without the wait for a free connection.</p>
)";

double ms(const json& us) { return us.get<double>() / 1000; }

std::string row(const std::vector<std::string>& cells, const char* kind) {
  std::string out = "<tr>";
  for (const auto& each : cells) out += std::string{"<"} + kind + ">" + escaped(each) + "</" + kind + ">";
  return out + "</tr>\n";
}

std::string table(const std::vector<std::vector<std::string>>& rows) {
  std::string out = "<div class=\"scroll\"><table>";
  for (size_t i = 0; i < rows.size(); ++i) out += row(rows[i], i == 0 ? "th" : "td");
  return out + "</table></div>\n";
}

std::string name_of_run(const json& of) {
  std::string name = of.at("label").get<std::string>();
  if (!name.empty()) name += ", ";
  return name + of.at("scenario").get<std::string>() + (of.at("tracked").get<bool>() ? ", tracked" : "");
}

std::string cpu_text(const json& stage) {
  std::string out;
  for (const auto& [who, us] : stage.at("cpu_each").items())
    out += (out.empty() ? "" : " + ") + who + " " + short_number(us.get<double>());
  return out;
}

std::string summary(const std::vector<json>& runs) {
  std::vector<std::vector<std::string>> rows{
      {"run", "stage", "connections", "offered/s", "done/s", "refused", "p50 ms", "p99 ms", "p99.9 ms", "max ms", "CPU µs each"}};
  for (const auto& of : runs)
    for (const auto& stage : of.at("stages")) {
      const auto& latency = stage.at("latency");
      rows.push_back({name_of_run(of), stage.at("name").get<std::string>(), std::to_string(stage.at("connections").get<int>()),
                      stage.contains("offered_per_s") ? short_number(stage.at("offered_per_s").get<double>()) : "closed loop",
                      short_number(stage.at("per_s").get<double>()), std::to_string(stage.at("refused").get<uint64_t>()),
                      short_number(ms(latency.at("p50"))), short_number(ms(latency.at("p99"))),
                      short_number(ms(latency.at("p99.9"))), short_number(ms(latency.at("max"))), cpu_text(stage)});
    }
  return table(rows);
}

/// "p50 / p99" in milliseconds; nothing where there is none.
std::string quantiles(const json& stage, const char* of) {
  if (!stage.contains(of)) return {};
  return short_number(ms(stage.at(of).at("p50"))) + " / " + short_number(ms(stage.at(of).at("p99")));
}

/// What an open loop offered and what came of it; empty where there is none.
std::string open_loops(const std::vector<json>& runs) {
  std::vector<std::vector<std::string>> rows{{"open loop; p50 / p99 in ms", "stage", "offered/s", "done/s", "refused/s",
                                              "unsent/s", "connections busy", "load, of a core", "done, since due",
                                              "done, since sending", "refused, since due", "refused, since sending"}};
  for (const auto& of : runs)
    for (const auto& stage : of.at("stages")) {
      // A result of an older program does not tell what counts from sending.
      if (!stage.contains("latency_from_sending")) continue;
      const auto per_s = [&](const char* name) {
        return short_number(stage.at(name).get<double>() / stage.at("seconds").get<double>());
      };
      rows.push_back({name_of_run(of), stage.at("name").get<std::string>(), short_number(stage.at("offered_per_s").get<double>()),
                      per_s("finished"), per_s("refused"), per_s("unsent"),
                      std::to_string(stage.at("most_busy_connections").get<uint64_t>()),
                      short_number(100 * stage.at("load_share_of_core").get<double>()) + " %", quantiles(stage, "latency"),
                      quantiles(stage, "latency_from_sending"), quantiles(stage, "refusals"),
                      quantiles(stage, "refusals_from_sending")});
    }
  return rows.size() > 1 ? table(rows) : std::string{};
}

series curve(const std::string& name, const json& latency) {
  series line{name, {}};
  for (const auto& point : latency.at("curve"))
    line.points.emplace_back(-std::log10(1 - point.at(0).get<double>()), ms(point.at(1)));
  return line;
}

/// Each nine of the percentile has the same width.
plot percentiles(const std::string& title) {
  plot made;
  made.title = title;
  made.x_title = "share of all that took no longer";
  made.x_ticks = {{0, "0"}, {0.30103, "50 %"}, {1, "90 %"}, {2, "99 %"}, {3, "99.9 %"}, {4, "99.99 %"}, {5, "99.999 %"}};
  made.y = scale::logarithmic;
  return made;
}

/// One plot per scenario, with a line per run.
std::string comparisons(const std::vector<json>& runs) {
  std::map<std::string, plot> by_scenario;
  for (const auto& of : runs) {
    const auto scenario = of.at("scenario").get<std::string>();
    auto& into = by_scenario.try_emplace(scenario, percentiles(scenario + ": latency in ms")).first->second;
    for (const auto& stage : of.at("stages"))
      into.lines.push_back(curve(name_of_run(of) + ", " + std::to_string(stage.at("connections").get<int>()) + " connections",
                                 stage.at("latency")));
  }
  std::string out;
  for (const auto& [scenario, what] : by_scenario) out += draw(what);
  return "<div class=\"plots\">" + out + "</div>\n";
}

plot latency_plot(const json& of) {
  plot made = percentiles("Latency in ms");
  for (const auto& stage : of.at("stages")) {
    made.lines.push_back(curve(stage.at("name").get<std::string>(), stage.at("latency")));
    if (stage.contains("refusals"))
      made.lines.push_back(curve(stage.at("name").get<std::string>() + ", refusals", stage.at("refusals")));
    if (stage.contains("refusals_from_sending"))
      made.lines.push_back(
          curve(stage.at("name").get<std::string>() + ", refusals since sending", stage.at("refusals_from_sending")));
    if (stage.contains("operations"))
      for (const auto& [name, latency] : stage.at("operations").items()) made.lines.push_back(curve(name, latency));
  }
  return made;
}

plot throughput_plot(const json& of) {
  const auto& time = of.at("timeline");
  const double slice_s = time.at("slice_ms").get<double>() / 1000;
  plot made{"Done and refused per second", "seconds", {}, scale::linear, {}};
  for (const char* name : {"finished", "refused"}) {
    series line{name, {}};
    double sum = 0;
    // The last slice is not a whole one.
    for (size_t i = 0; i + 1 < time.at(name).size(); ++i) {
      const auto count = time.at(name)[i].get<double>();
      sum += count;
      line.points.emplace_back(static_cast<double>(i) * slice_s, count / slice_s);
    }
    if (sum > 0) made.lines.push_back(std::move(line));
  }
  return made;
}

series over_time(const std::string& name, const json& at_ms, const json& values) {
  series line{name, {}};
  for (size_t i = 0; i < values.size() && i < at_ms.size(); ++i)
    line.points.emplace_back(at_ms[i].get<double>() / 1000, values[i].is_null() ? NAN : values[i].get<double>());
  return line;
}

/// What waits differs by orders of magnitude and unit, so each has a plot of its own.
std::string plots_over_time(const json& of) {
  const auto& samples = of.at("samples");
  const auto& at = samples.at("at_ms");
  plot cpu{"CPU, per cent of one core", "seconds", {}, scale::linear, {}};
  for (const auto& [who, values] : samples.at("cpu_percent").items()) cpu.lines.push_back(over_time(who, at, values));
  std::string out = draw(cpu);
  for (const auto& [name, values] : samples.at("gauges").items())
    out += draw({name, "seconds", {}, scale::linear, {over_time(name, at, values)}});
  if (samples.contains("server_rss_kb"))
    out +=
        draw({"Server's memory in KB", "seconds", {}, scale::linear, {over_time("resident", at, samples.at("server_rss_kb"))}});
  return out;
}

std::string threads_table(const json& of) {
  std::vector<std::vector<std::string>> rows{{"server's threads", "CPU µs each"}};
  const auto& stage = of.at("stages").at(0);
  if (!stage.contains("server_threads_each")) return {};
  for (const auto& [name, us] : stage.at("server_threads_each").items()) rows.push_back({name, short_number(us.get<double>())});
  return table(rows);
}

std::string counted_table(const json& of) {
  std::vector<std::vector<std::string>> rows{{"counted by the server", "per order", "in all"}};
  const auto& counted = of.at("counted");
  for (const auto& [name, value] : counted.at("per_order").items())
    if (value.get<double>() > 0)
      rows.push_back({name, short_number(value.get<double>()), short_number(counted.at("total").at(name).get<double>())});
  return rows.size() > 1 ? table(rows) : std::string{};
}

std::string details(const json& of) {
  const auto& verified = of.at("verified");
  std::string out = "<h2>" + escaped(name_of_run(of)) + ", " +
                    std::to_string(of.at("stages").at(0).at("connections").get<int>()) +
                    " connections</h2>\n<p>Verified: " + std::to_string(verified.at("orders").get<uint64_t>()) + " orders, " +
                    std::to_string(verified.at("captures").get<uint64_t>()) + " captures, " +
                    std::to_string(verified.at("refunds").get<uint64_t>()) + " refunds.</p>\n<div class=\"plots\">";
  out += draw(latency_plot(of)) + draw(throughput_plot(of)) + plots_over_time(of) + "</div>\n";
  return out + threads_table(of) + counted_table(of);
}

}  // namespace

std::string html_report(const std::vector<json>& runs) {
  std::string page = page_head + summary(runs) + open_loops(runs) + comparisons(runs);
  for (const auto& of : runs) page += details(of);
  return page + "</body></html>\n";
}

}  // namespace orderflow::bench
