#include "http/server/session_registry.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <vector>

#include "http/server/session.hpp"

namespace orderflow {

namespace {

/// Of a budget that is used up, so much is freed at once that not each further byte needs a look at all connections.
constexpr size_t share_freed = 8;
constexpr milliseconds pause_between_looks{20};

/// `share_of`: the bytes that ending the connection would free.
template <class Share, class End>
void free_some(session_registry& all, byte_budget& budget, size_t most, Share share_of, End end) {
  std::vector<std::shared_ptr<session>> holders;
  for (auto* each : all.open) {
    if (share_of(*each) > 0) holders.push_back(each->shared_from_this());
  }
  std::sort(holders.begin(), holders.end(), [](const auto& a, const auto& b) { return a->since() < b->since(); });
  for (const auto& each : holders) {
    if (budget.held <= most - most / share_freed) return;
    ++budget.cut;
    end(*each);
  }
}

}  // namespace

std::string session_registry::next_request_id() {
  std::array<char, 16> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), ++requests, 16).ptr;
  std::string id = request_prefix + '-';
  id.append(digits.data(), end);
  return id;
}

void session_registry::tell_if_empty() {
  if (on_empty && open.empty()) std::exchange(on_empty, {})();
}

void session_registry::keep_unsent_bounded() {
  if (unsent.held <= limits.unsent_bytes) return;
  free_some(
      *this, unsent, limits.unsent_bytes, [](const session& each) { return each.unsent_bytes(); },
      [](session& each) { each.close(); });
}

void session_registry::keep_incomplete_bounded() {
  const auto now = std::chrono::steady_clock::now();
  if (incomplete.held <= limits.incomplete_bytes || now < nothing_to_free_until) return;
  const auto before = incomplete.cut;
  free_some(
      *this, incomplete, limits.incomplete_bytes, [](const session& each) { return each.arriving_bytes(); },
      [](session& each) { each.give_way(); });
  if (incomplete.cut == before) nothing_to_free_until = now + pause_between_looks;
}

void session_registry::keep_handshakes_bounded() {
  while (handshakes.size() >= limits.handshakes) {
    ++handshakes_cut;
    handshakes.front()->shared_from_this()->close();
  }
}

void session_registry::write_metrics(metric_text& out) const {
  figures.write(out);
  out.gauge("orderflow_http_unsent_bytes", "Bytes of replies that wait to be sent.", unsent.held);
  out.gauge("orderflow_http_incomplete_bytes", "Bytes of requests that are not answered yet.", incomplete.held);
  out.gauge("orderflow_http_handshakes", "TLS handshakes under way.", handshakes.size());
  out.family("orderflow_http_connections_cut_total", "counter", "Connections ended to keep a limit of the server, by the limit.");
  out.sample("limit=\"max_unsent\"", unsent.cut).sample("limit=\"max_incomplete\"", incomplete.cut);
  out.sample("limit=\"max_handshakes\"", handshakes_cut).sample("limit=\"max_connections\"", places_taken);
}

}  // namespace orderflow
