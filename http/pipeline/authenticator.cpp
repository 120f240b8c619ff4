#include "http/pipeline/authenticator.hpp"

#include "base/log.hpp"

namespace orderflow {

namespace {

constexpr size_t most_genuine = 10'000;
constexpr size_t longest_logged_path = 200;

problem too_many(uint32_t retry_after_s, std::string_view who) {
  problem made;
  made.status = 429;
  made.word = "requests_must_not_be_too_many";
  made.detail = "Too many requests of this " + std::string{who} + "; try again later.";
  made.retry_after_s = retry_after_s;
  return made;
}

}  // namespace

authenticator::authenticator(const clock& time, audit_log& audit, std::function<shared_keys()> keys, authenticator_limits limits)
    : time_(time), audit_(audit), keys_(std::move(keys)), by_principal_(limits.principal), by_address_(limits.address) {}

std::optional<problem> authenticator::limit_address(const request& req) {
  if (by_address_.is_off()) return std::nullopt;
  const auto wait = by_address_.take(bucket_of_address(req.address), time_.monotonic());
  if (!wait) return std::nullopt;
  ++limited_addresses_;
  return too_many(*wait, "address");
}

std::optional<problem> authenticator::identify(request& req, const listener_settings& on) {
  auto sent = bearer_token(req);
  if (auto* wrong = std::get_if<problem>(&sent)) {
    login_failed(req, *wrong);
    return std::move(*wrong);
  }
  if (const auto token = std::get<std::string_view>(sent); !token.empty()) return hold_to(req, token);
  if (!on.fixed_principal) return no_token_problem();
  req.from = *on.fixed_principal;
  return std::nullopt;
}

std::optional<problem> authenticator::identify_if_token(request& req) {
  if (req.headers.authorization.empty()) return std::nullopt;
  return identify(req, listener_settings{});
}

std::optional<problem> authenticator::hold_to(request& req, std::string_view token) {
  auto who = check(token);
  if (auto* wrong = std::get_if<problem>(&who)) {
    login_failed(req, *wrong);
    return std::move(*wrong);
  }
  req.from = std::move(std::get<principal>(who));
  req.token = token;
  return limit_principal(req.from);
}

std::optional<problem> authenticator::limit_principal(const principal& who) {
  if (by_principal_.is_off()) return std::nullopt;
  // A NUL can be in neither name, so no two principals share a bucket.
  const auto wait = by_principal_.take(who.tenant + '\0' + who.subject, time_.monotonic());
  if (!wait) return std::nullopt;
  ++limited_principals_;
  return too_many(*wait, "principal");
}

std::variant<principal, problem> authenticator::check(std::string_view token) {
  auto ring = keys_();
  if (ring != genuine_under_) {
    genuine_.clear();
    genuine_under_ = std::move(ring);
  }
  const auto now = time_.now();
  if (const auto known = genuine_.find(token); known != genuine_.end()) {
    if (known->second.expires > now) return known->second.who;
    genuine_.erase(known);
  }
  auto read = read_token(token, *genuine_under_, now);
  if (auto* wrong = std::get_if<problem>(&read)) return std::move(*wrong);
  if (genuine_.size() >= most_genuine) genuine_.clear();
  const auto& kept = genuine_.emplace(std::string{token}, std::move(std::get<verified_token>(read))).first->second;
  return kept.who;
}

void authenticator::login_failed(const request& req, const problem& why) {
  ++failed_logins_;
  log_warn("login-failed", {{"address", req.address}, {"path", req.path.substr(0, longest_logged_path)}, {"reason", why.detail}});
}

void authenticator::role_was_refused(const request& req) {
  ++roles_refused_;
  audit_.record_refusal("role-refused", req.from,
                        {{"method", std::string{to_string(req.method)}},
                         {"path", std::string{req.path.substr(0, longest_logged_path)}},
                         {"address", req.address}});
}

void authenticator::write_refusals(metric_text& out) const {
  out.sample("reason=\"address_rate\"", limited_addresses_);
  out.sample("reason=\"principal_rate\"", limited_principals_);
  out.sample("reason=\"token\"", failed_logins_);
  out.sample("reason=\"role\"", roles_refused_);
}

void authenticator::write_metrics(metric_text& out) const {
  out.counter("orderflow_http_failed_logins_total", "Requests with a token that does not count.", failed_logins_);
  out.counter("orderflow_http_rate_limited_total", "Requests refused because there were too many.",
              limited_addresses_ + limited_principals_);
  out.counter("orderflow_http_roles_refused_total", "Requests of known principals refused for their role.", roles_refused_);
}

}  // namespace orderflow
