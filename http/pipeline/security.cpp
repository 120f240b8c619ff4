#include "http/pipeline/security.hpp"

#include <algorithm>
#include <boost/beast/core/string.hpp>

#include "http/pipeline/list_field.hpp"

namespace orderflow {

namespace {

/// Names of the protocol are ASCII: a comparison by locale would look the locale up for each letter.
bool same_word(std::string_view a, std::string_view b) { return boost::beast::iequals(a, b); }

std::string_view without_port(std::string_view host) {
  const auto colon = host.rfind(':');
  if (colon == std::string_view::npos || host.find(']', colon) != std::string_view::npos) return host;
  return host.substr(0, colon);
}

bool host_is_known(std::string_view host, const listener_settings& on) {
  const auto name = without_port(host);
  const auto is_name = [&](std::string_view known) { return known == "*" || same_word(known, name); };
  if (!on.allowed_hosts.empty()) return std::any_of(on.allowed_hosts.begin(), on.allowed_hosts.end(), is_name);
  if (!on.fixed_principal) return true;
  return is_name(on.address) || is_name("localhost") || is_name("127.0.0.1") || is_name("[::1]");
}

bool origin_is_host(std::string_view origin, std::string_view host) {
  const auto scheme = origin.find("://");
  return scheme != std::string_view::npos && same_word(origin.substr(scheme + 3), host);
}

}  // namespace

principal dev_principal() { return {"dev", "dev", role::operator_}; }

std::variant<std::string_view, problem> bearer_token(const request& from) {
  constexpr std::string_view scheme = "Bearer ";
  const auto& sent = from.headers.authorization;
  if (sent.empty()) return std::string_view{};
  if (sent.size() > scheme.size() && same_word(sent.substr(0, scheme.size()), scheme)) return sent.substr(scheme.size());
  return unauthorized("token_must_be_valid", "Authorization has to be: Bearer, a space, and the token.");
}

problem no_token_problem() {
  return unauthorized("token_must_be_sent", "This listener demands a bearer token: Authorization: Bearer …");
}

std::optional<problem> foreign_page_guard(const request& from, const listener_settings& on) {
  const auto& headers = from.headers;
  if (!headers.host.empty() && !host_is_known(headers.host, on)) {
    return forbidden("host_must_be_known", "The Host header names a host that this listener does not answer for.");
  }
  if (!is_unsafe(from.method)) return std::nullopt;
  if (!headers.origin.empty() && !origin_is_host(headers.origin, headers.host)) {
    return forbidden("origin_must_be_ours", "The request comes from a web page of another origin.");
  }
  if (same_word(headers.sec_fetch_site, "cross-site")) {
    return forbidden("origin_must_be_ours", "The request comes from a web page of another site.");
  }
  return std::nullopt;
}

std::optional<problem> content_type_guard(const request& from, std::string_view demanded) {
  if (demanded.empty() || !from.has_body || !is_unsafe(from.method)) return std::nullopt;
  std::string_view type = from.headers.content_type;
  type = without_blanks(type.substr(0, type.find(';')));
  if (same_word(type, demanded)) return std::nullopt;
  problem made;
  made.status = 415;
  made.word = "content_type_must_be_supported";
  made.detail = "The body has to be sent as " + std::string{demanded} + ".";
  made.accept = "Accept: " + std::string{demanded};
  return made;
}

std::optional<problem> content_encoding_guard(const request& from) {
  if (!from.has_body || !is_unsafe(from.method)) return std::nullopt;
  std::string_view codings = from.headers.content_encoding;
  while (!codings.empty()) {
    const auto coding = take_element(codings, ',');
    if (coding.empty() || same_word(coding, "identity")) continue;
    problem made;
    made.status = 415;
    made.word = "content_encoding_must_be_identity";
    made.detail = "The body has to be sent as it is, without a Content-Encoding.";
    made.accept = "Accept-Encoding: identity";
    return made;
  }
  return std::nullopt;
}

std::optional<problem> idempotency_key_guard(const request& from) {
  constexpr size_t longest_key = 255;
  const auto& key = from.headers.idempotency_key;
  const auto refuse = [](std::string why) { return malformed("idempotency_key_must_be_well_formed", std::move(why)); };
  if (from.headers.idempotency_keys > 1)
    return refuse("There is more than one Idempotency-Key; send one line with the one key of this request.");
  if (from.headers.idempotency_keys == 0 && key.empty()) return std::nullopt;
  // Whoever sends a key without a text believes that a retry is safe. Quotes are what RFC 8941 writes around a string.
  if (key.find_first_not_of(" \t\"") == std::string_view::npos)
    return refuse("The Idempotency-Key is empty; send a text of your own for each intent, such as a UUID, or no such header.");
  const bool printable = std::all_of(key.begin(), key.end(), [](char c) { return c >= 0x20 && c <= 0x7e; });
  if (key.size() <= longest_key && printable) return std::nullopt;
  return refuse("An Idempotency-Key has at most " + std::to_string(longest_key) + " printable ASCII characters.");
}

}  // namespace orderflow
