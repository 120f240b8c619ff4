// Who is asking, and whether too often: tokens, fixed principals, limits; what goes wrong there is counted, logged and audited.
// One for all listeners. Thread rule: the I/O thread.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "http/auth/keys.hpp"
#include "http/auth/token.hpp"
#include "http/pipeline/audit.hpp"
#include "http/pipeline/metric_text.hpp"
#include "http/pipeline/problem.hpp"
#include "http/pipeline/rate_limit.hpp"
#include "http/pipeline/security.hpp"

namespace orderflow {

struct authenticator_limits {
  rate_limit principal;  ///< Of a token; the fixed principal of a listener stands for many and has none.
  rate_limit address;
};

class authenticator {
 public:
  /// `keys` gives the ring that counts now. What is referred to outlives it.
  authenticator(const clock& time, audit_log& audit, std::function<shared_keys()> keys, authenticator_limits limits = {});

  /// Refuses an address that asks too often (429).
  [[nodiscard]] std::optional<problem> limit_address(const request& req);

  /// Fills `from` and `token`; or 401, 429. A token that is sent is held to, also where a fixed principal would do without.
  [[nodiscard]] std::optional<problem> identify(request& req, const listener_settings& on);

  /// A callback may do without a token: its signature is the handler's to verify.
  [[nodiscard]] std::optional<problem> identify_if_token(request& req);

  /// Refuses a principal that asks too often (429). `identify` asks it for tokens in the header; handlers for proofs in the body.
  [[nodiscard]] std::optional<problem> limit_principal(const principal& who);

  /// A known principal was refused for its role.
  void role_was_refused(const request& req);

  /// Samples of the family of refusals by reason, and families of its own.
  void write_refusals(metric_text& out) const;
  void write_metrics(metric_text& out) const;

 private:
  [[nodiscard]] std::variant<principal, problem> check(std::string_view token);
  [[nodiscard]] std::optional<problem> hold_to(request& req, std::string_view token);
  void login_failed(const request& req, const problem& why);

  const clock& time_;
  audit_log& audit_;
  std::function<shared_keys()> keys_;
  token_buckets by_principal_;
  token_buckets by_address_;
  /// Tokens seen genuine under the present ring: a client sends the same one with every request.
  std::unordered_map<std::string, verified_token, text_hash, std::equal_to<>> genuine_;
  shared_keys genuine_under_;
  uint64_t failed_logins_ = 0;
  uint64_t limited_addresses_ = 0;
  uint64_t limited_principals_ = 0;
  uint64_t roles_refused_ = 0;
};

}  // namespace orderflow
