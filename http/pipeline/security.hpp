// Who is asking, and whether a web page of somebody else makes the browser ask.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "http/pipeline/problem.hpp"
#include "http/pipeline/request.hpp"
#include "http/server/tls.hpp"

namespace orderflow {

/// One address that is listened on, and what holds there.
struct listener_settings {
  std::string address = "127.0.0.1";
  uint16_t port = 0;                         ///< 0: any free one.
  std::optional<principal> fixed_principal;  ///< Who a request without a token speaks for. Empty: a token is demanded.
  bool dev_endpoints = false;
  std::vector<std::string> dialects;  ///< Words of `dialects` that are served here; empty: all that no other listener names.
  tls_files tls;                      ///< Both empty: in the clear.
  /// Names under which the listener is addressed, without port; a Host of another name is refused. "*": any. Empty: with a
  /// fixed principal the address and the loopback names (a web page that rebinds its name must not speak for the principal),
  /// otherwise any (a token is never sent by a browser on its own).
  std::vector<std::string> allowed_hosts;
};

/// The principal of `--dev`: operator of the tenant "dev".
[[nodiscard]] principal dev_principal();

/// The token of `Authorization: Bearer …`; empty where the header is absent. Another scheme is a 401.
[[nodiscard]] std::variant<std::string_view, problem> bearer_token(const request& from);

/// The 401 of a request that should have brought one.
[[nodiscard]] problem no_token_problem();

/// Refuses a body that was compressed (415): nothing here unpacks one.
[[nodiscard]] std::optional<problem> content_encoding_guard(const request& from);

/// Refuses an Idempotency-Key that is empty, blank, too long, not printable ASCII, or sent on several lines (400).
[[nodiscard]] std::optional<problem> idempotency_key_guard(const request& from);

/// Refuses what a foreign web page made a browser send: Host not ours, Origin not ours, Sec-Fetch-Site: cross-site (403).
[[nodiscard]] std::optional<problem> foreign_page_guard(const request& from, const listener_settings& on);

/// Demands the media type where a body comes on an unsafe method (415); parameters such as charset do not matter.
[[nodiscard]] std::optional<problem> content_type_guard(const request& from, std::string_view demanded);

}  // namespace orderflow
