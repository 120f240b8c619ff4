// What every dialect stands on: the bridge to the actors, the clock, admission; and what all of them do in the same way.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "base/time.hpp"
#include "http/admission.hpp"
#include "http/audit.hpp"
#include "http/dialects/intent.hpp"
#include "http/entity_tags.hpp"
#include "http/gateway.hpp"
#include "http/keys.hpp"
#include "http/problem.hpp"
#include "http/request.hpp"

namespace orderflow {

/// Outlives every request that uses it. Thread rule: the io_context's.
struct edge {
  gateway bridge;
  const clock& time;
  admission& gate;
  audit_log& audit;
  std::function<shared_keys()> keys;  ///< The ring that counts now; never null.
  /// Counts a request for whom its handler has verified, as the gatekeeper does for tokens of the header: 429 where there are too
  /// many. Empty: nobody is limited.
  std::function<std::optional<problem>(const principal&)> limit{};
};

/// The answer to a command or a look, seen by a dialect: an order, or what is wrong.
using order_outcome = std::variant<order_reply, problem>;

/// Folds errors of the world and refusals into problems; `done`, `later` and `repeated` pass. 404 says "Order not found".
[[nodiscard]] order_outcome outcome_of(std::variant<order_reply, world_error> answered);

/// 404 for an order, also one of somebody else's; for a payment; for a product.
[[nodiscard]] problem order_not_found();
[[nodiscard]] problem payment_not_found();
[[nodiscard]] problem product_not_found();

/// How long a caller wants to wait for an order to settle, by RFC 7240: `Prefer: wait=n` (seconds), else `respond-async` (not at
/// all), else `usual`; never longer than `most`.
[[nodiscard]] milliseconds patience_of(std::string_view prefer, milliseconds usual, milliseconds most);

/// What the version is to be that the look before a command is held to. A keyed command is held to it by the order itself, which
/// asks for the key first: the first request with the key has changed the version that its repeat names.
[[nodiscard]] std::optional<version_condition> version_to_look_at(const request& asked);

/// 422: the Idempotency-Key came with another body before.
[[nodiscard]] problem key_has_other_body();

/// What a request may take at most until its commit, whether anybody waits for more or not.
inline constexpr milliseconds commit_patience = std::chrono::seconds{10};

/// Asks the order as the request's principal; a command carries the request's Idempotency-Key and conditions. `patience` 0:
/// answered when committed; above 0: when settled, if admission has a place left among those who wait, else when committed.
void ask_order(edge& on, const request& asked, order_request wish, milliseconds patience, answered<order_reply> done);
/// Reads it; with `if_version` only at a version that meets it.
void look_at(edge& on, const request& asked, order_id id, std::optional<version_condition> if_version,
             std::function<void(order_outcome)> done);

/// Which orders the principal may see, for lists: his tenant's, and a customer only his own.
void narrow_to(const principal& who, order_query& query);

/// `place` or `open_cart`: whose order it is. That of `customer`, whom the request names, where staff asks; else the principal's.
void sign_for(const principal& who, std::string_view dialect, std::string_view customer, provenance& source);

}  // namespace orderflow
