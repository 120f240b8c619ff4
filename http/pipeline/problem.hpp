// Errors on the wire: application/problem+json (RFC 9457), and the one table that maps refusals and failure
// to HTTP. A dialect with error words of its own encodes a `problem` in its way; the status always comes from here.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/errc.hpp"
#include "domain/order/refusal.hpp"
#include "http/pipeline/request.hpp"

namespace orderflow {

/// One mistake in a request, with an RFC 6901 pointer into its body (or "?name" for a query parameter).
struct field_error {
  std::string pointer;
  std::string message;
};

struct problem {
  uint16_t status = 500;
  std::string word;    ///< Stable name, such as "order_must_be_paid": the type URI is made of it.
  std::string detail;  ///< A sentence: what is wrong and what to do.
  std::vector<field_error> errors;
  uint32_t retry_after_s = 0;  ///< 0: no Retry-After.
  std::string allow;           ///< 405: the methods that the path has.
  std::string accept{};        ///< 415: a header line that says what would be taken, such as "Accept-Encoding: identity".
  errc failed = errc::none;    ///< The failure behind it.
};

/// HTTP status of a rule that refused: 404, 409 (state), 422 (well-formed but wrong).
[[nodiscard]] uint16_t status_of(refusal why);
/// HTTP status of a failure: 503, each with Retry-After; every one is safe to retry with the same key (I15).
[[nodiscard]] uint16_t status_of(errc code);

/// `detail` empty: the rule's own sentence.
[[nodiscard]] problem problem_of(refusal why, std::string detail = {});
[[nodiscard]] problem problem_of(const failure& error);
/// What a failure means to a request that changes nothing: there is no outcome to ask for with a key.
[[nodiscard]] problem problem_of_read(errc failed);
/// 400: not readable at all.
[[nodiscard]] problem malformed(std::string word, std::string detail);
/// 401: nobody knows, or nobody has proven, who asks.
[[nodiscard]] problem unauthorized(std::string word, std::string detail);
/// 403: who asks is known and may not.
[[nodiscard]] problem forbidden(std::string word, std::string detail);
/// 404.
[[nodiscard]] problem not_found(std::string word, std::string detail);
/// 422: read, but wrong.
[[nodiscard]] problem invalid(std::vector<field_error> errors);

/// How a dialect writes a problem. `request_id` tells which reply this was.
using problem_encoder = reply (*)(const problem& what, std::string_view request_id);

/// The encoder of D4 and of our own endpoints.
[[nodiscard]] reply problem_json(const problem& what, std::string_view request_id);

/// Adds what every encoder owes: Retry-After, Allow, WWW-Authenticate, what would be accepted; and the failure behind it.
void add_problem_headers(const problem& what, reply& to);

/// "/problems/order-must-be-paid".
[[nodiscard]] std::string type_uri_of(std::string_view word);

}  // namespace orderflow
