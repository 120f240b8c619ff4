#include "http/dialects/edge.hpp"

#include <algorithm>
#include <boost/algorithm/string/predicate.hpp>
#include <boost/algorithm/string/trim.hpp>
#include <charconv>

#include "http/security.hpp"

namespace orderflow {

namespace {

problem version_differs() {
  problem made;
  made.status = 412;
  made.word = "version_must_match";
  made.detail = "The order has changed: If-Match does not name its present version.";
  return made;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

template <class Number>
std::optional<Number> whole_number(std::string_view text) {
  Number value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

order_outcome outcome_of(std::variant<order_reply, world_error> answered) {
  if (const auto* error = std::get_if<world_error>(&answered)) return problem_of(*error);
  auto& reply = std::get<order_reply>(answered);
  switch (reply.verdict) {
    case order_verdict::done:
    case order_verdict::later:
    case order_verdict::repeated: return std::move(reply);
    case order_verdict::refused:
      return problem_of(reply.why, reply.why == refusal::order_must_exist ? std::string{"Order not found"} : std::string{});
    case order_verdict::other_body: return key_has_other_body();
    case order_verdict::version_differs: return version_differs();
  }
  return problem_of(world_error{});
}

problem order_not_found() { return problem_of(refusal::order_must_exist, "Order not found"); }

problem product_not_found() { return not_found("product_must_exist", "Product not found"); }

milliseconds patience_of(std::string_view prefer, milliseconds usual, milliseconds most) {
  while (!prefer.empty()) {
    const auto end = std::min(prefer.find(','), prefer.size());
    const auto word = trimmed(prefer.substr(0, end));
    prefer.remove_prefix(std::min(end + 1, prefer.size()));
    if (boost::algorithm::iequals(word, "respond-async")) return milliseconds{0};
    if (!boost::algorithm::istarts_with(word, "wait=")) continue;
    const auto seconds = whole_number<uint32_t>(trimmed(word.substr(5)));
    if (seconds) return std::min(most, milliseconds{int64_t{*seconds} * 1000});
  }
  return std::min(usual, most);
}

std::optional<uint64_t> if_match_version(std::string_view if_match) {
  const auto tag = trimmed(if_match);
  if (tag.empty() || tag == "*") return std::nullopt;
  if (tag.size() < 3 || tag.front() != '"' || tag.back() != '"') return 0;
  return whole_number<uint64_t>(tag.substr(1, tag.size() - 2)).value_or(0);
}

std::string etag_of(uint64_t version) { return '"' + std::to_string(version) + '"'; }

std::optional<uint64_t> version_to_look_at(const request& asked) {
  return asked.headers.idempotency_key.empty() ? if_match_version(asked.headers.if_match) : std::nullopt;
}

std::variant<std::optional<key_claim>, problem> key_of(const request& asked, std::string_view route, timestamp at) {
  const auto& key = asked.headers.idempotency_key;
  if (key.empty()) return std::nullopt;
  if (const auto wrong = idempotency_key_guard(asked)) return *wrong;
  key_claim claim;
  claim.scope.reserve(asked.from.tenant.size() + asked.from.subject.size() + route.size() + 2);
  claim.scope.append(asked.from.tenant).append(" ").append(asked.from.subject).append(" ").append(route);
  claim.key = key;
  claim.body_hash = hash_of(asked.body);
  claim.at = at;
  return claim;
}

problem key_has_other_body() {
  problem made;
  made.status = 422;
  made.word = "idempotency_key_must_not_be_reused";
  made.detail = "This Idempotency-Key came with another body before; use a new key for a new intent.";
  return made;
}

void ask_order(edge& on, const request& asked, order_request wish, milliseconds patience, answered<order_reply> done) {
  if (wish.command) {
    auto key = key_of(asked, asked.path, wish.command->at);
    // A key that is not well-formed does not come this far: the front door refuses it.
    if (auto* claim = std::get_if<std::optional<key_claim>>(&key)) wish.key = std::move(*claim);
    if (wish.key) wish.key->order = wish.order;
    if (!wish.if_version) wish.if_version = if_match_version(asked.headers.if_match);
  }
  const bool waits = patience.count() > 0 && on.gate.enter_wait();
  wish.from = asked.from;
  wish.when = waits ? answer_when::settled : answer_when::committed;
  on.bridge.ask(std::move(wish), waits ? patience : commit_patience,
                [&gate = on.gate, waits, done = std::move(done)](std::variant<order_reply, world_error> answer) {
                  if (waits) gate.leave_wait();
                  done(std::move(answer));
                });
}

void look_at(edge& on, const request& asked, order_id id, std::optional<uint64_t> if_version,
             std::function<void(order_outcome)> done) {
  order_request look;
  look.order = id;
  look.if_version = if_version;
  ask_order(on, asked, std::move(look), milliseconds{0},
            [done = std::move(done)](std::variant<order_reply, world_error> answer) { done(outcome_of(std::move(answer))); });
}

void narrow_to(const principal& who, order_query& query) {
  query.tenant = who.tenant;
  if (who.as == role::customer) query.owner = who.subject;
}

void sign_for(const principal& who, std::string_view dialect, provenance& source) {
  source.owner = who.subject;
  source.tenant = who.tenant;
  source.origin = dialect;
}

}  // namespace orderflow
