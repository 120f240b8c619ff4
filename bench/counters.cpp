#include "bench/counters.hpp"

#include <charconv>

namespace orderflow::bench {

counter_values parse_metrics(std::string_view text) {
  counter_values values;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    // The name ends at the first blank outside of the labels; a time may follow the value.
    const size_t labels = line.find('}');
    const size_t blank = line.find(' ', labels == std::string_view::npos ? 0 : labels);
    if (line.starts_with('#') || blank == std::string_view::npos) continue;
    double value = 0;
    if (std::from_chars(line.data() + blank + 1, line.data() + line.size(), value).ec == std::errc{})
      values.emplace(line.substr(0, blank), value);
  }
  return values;
}

counter_values read_metrics(blocking_client& server) {
  const auto reply = server.get("/metrics");
  return reply.status == 200 ? parse_metrics(reply.body) : counter_values{};
}

counter_values growth(const counter_values& before, const counter_values& after) {
  counter_values grown;
  for (const auto& [name, value] : after) {
    if (!name.ends_with("_total")) continue;
    const auto old = before.find(name);
    grown.emplace(name, value - (old == before.end() ? 0.0 : old->second));
  }
  return grown;
}

}  // namespace orderflow::bench
