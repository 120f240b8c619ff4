// What every dialect stands on: the bridge to the actors, the clock, admission; and what all of them do in the same way.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "base/time.hpp"
#include "http/api/common/idempotency.hpp"
#include "http/auth/keys.hpp"
#include "http/bridge/actor_bridge.hpp"
#include "http/pipeline/admission.hpp"
#include "http/pipeline/audit.hpp"
#include "http/pipeline/entity_tags.hpp"
#include "http/pipeline/problem.hpp"
#include "http/pipeline/request.hpp"

namespace orderflow {

/// Outlives every request that uses it. Thread rule: the io_context's.
struct handler_context {
  actor_bridge bridge;
  const clock& time;
  admission_control& admission;
  audit_log& audit;
  std::function<shared_keys()> keys;  ///< The ring that counts now; never null.
  /// Counts a request for whom its handler has verified, as the authenticator does for tokens of the header: 429 where there are
  /// too many. Empty: nobody is limited.
  std::function<std::optional<problem>(const principal&)> limit{};
};

/// The answer to a command or a look, seen by a dialect: an order, or what is wrong.
using order_or_problem = std::variant<order_reply, problem>;

/// Folds failures and refusals into problems; `done`, `accepted` and `repeated` pass. 404 says "Order not found".
[[nodiscard]] order_or_problem outcome_of(std::variant<order_reply, failure> answered);

/// 404 for an order, also one of somebody else's; for a payment; for a product.
[[nodiscard]] problem order_not_found();
[[nodiscard]] problem payment_not_found();
[[nodiscard]] problem product_not_found();

/// How long a caller wants to wait for an order to settle, by RFC 7240: `Prefer: wait=n` (seconds), else `respond-async` (not at
/// all), else `usual`; never longer than `most`.
[[nodiscard]] milliseconds wait_of(std::string_view prefer, milliseconds usual, milliseconds most);

/// What the version is to be that the look before a command is held to. A keyed command is held to it by the order itself, which
/// asks for the key first: the first request with the key has changed the version that its repeat names.
[[nodiscard]] std::optional<version_condition> version_to_look_at(const request& req);

/// The key that came with a command to the order. One that is not well-formed does not come this far: the request pipeline
/// refuses it.
[[nodiscard]] std::optional<key_claim> claim_of_order_command(const request& req, order_id order, timestamp at);

/// The order as `look_at` gives it, for a command that finds nothing to do: with a key it is asked once more, so that the key is
/// noted as that of this command.
void note_key(handler_context& context, const request& req, const order_reply& seen, std::function<void(order_or_problem)> done);

/// 422: the Idempotency-Key came with another body before.
[[nodiscard]] problem key_has_other_body();

/// What a request may take at most until its commit, whether anybody waits for more or not.
inline constexpr milliseconds commit_timeout = std::chrono::seconds{10};

/// Asks the order as the request's principal; a command carries the request's Idempotency-Key and conditions. `timeout` 0:
/// answered when committed; above 0: when settled, if admission has a place left among those who wait, else when committed.
void ask_order(handler_context& context, const request& req, order_request command, milliseconds timeout,
               answered<order_reply> done);
/// Reads it; with `if_version` only at a version that meets it.
void look_at(handler_context& context, const request& req, order_id id, std::optional<version_condition> if_version,
             std::function<void(order_or_problem)> done);

/// Which orders the principal may see, for lists: his tenant's, and a customer only his own.
void narrow_to(const principal& who, order_query& query);

/// `place` or `open_cart`: whose order it is. That of `customer`, whom the request names, where staff asks; else the principal's.
void sign_for(const principal& who, std::string_view dialect, std::string_view customer, provenance& source);

}  // namespace orderflow
