#include "http/auth/token.hpp"

#include <openssl/bn.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>

#include <memory>

#include "codec/json.hpp"
#include "http/auth/mac.hpp"
#include "http/auth/principal.hpp"

namespace orderflow {

namespace {

struct token_parts {
  std::string_view signed_part;  ///< Header, dot, claims: as sent.
  json_value header;
  json_value claims;
  std::string signature;
};

std::optional<json_value> read_part(std::string_view text) {
  // Claims are flat; depth and size are bounded before anything is believed.
  constexpr json_limits limits{4, 256, false};
  const auto bytes = from_base64url(text);
  if (!bytes) return std::nullopt;
  auto parsed = parse_json(*bytes, limits);
  auto* value = std::get_if<json_value>(&parsed);
  if (value == nullptr || value->is != json_value::kind::object) return std::nullopt;
  return std::move(*value);
}

std::optional<token_parts> take_apart(std::string_view jwt) {
  if (jwt.size() > largest_token) return std::nullopt;
  const auto first = jwt.find('.');
  if (first == std::string_view::npos) return std::nullopt;
  const auto second = jwt.find('.', first + 1);
  if (second == std::string_view::npos || jwt.find('.', second + 1) != std::string_view::npos) return std::nullopt;
  auto header = read_part(jwt.substr(0, first));
  auto claims = read_part(jwt.substr(first + 1, second - first - 1));
  auto signature = from_base64url(jwt.substr(second + 1));
  if (!header || !claims || !signature) return std::nullopt;
  return token_parts{jwt.substr(0, second), std::move(*header), std::move(*claims), std::move(*signature)};
}

/// A member that is there and no string makes the whole unsound.
std::optional<std::string_view> text_member(const json_value& object, std::string_view name, bool& sound) {
  const auto* member = object.find(name);
  if (member == nullptr) return std::nullopt;
  if (member->is == json_value::kind::string) return member->text;
  sound = false;
  return std::nullopt;
}

/// JOSE signs with the two numbers side by side; OpenSSL wants them as DER.
std::string es256_as_der(std::string_view raw) {
  constexpr size_t half = 32;
  if (raw.size() != 2 * half) return {};
  const auto* bytes = reinterpret_cast<const unsigned char*>(raw.data());
  const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> pair{ECDSA_SIG_new(), &ECDSA_SIG_free};
  ECDSA_SIG_set0(pair.get(), BN_bin2bn(bytes, half, nullptr), BN_bin2bn(bytes + half, half, nullptr));
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(pair.get(), &der);
  if (size <= 0) return {};
  std::string made{reinterpret_cast<const char*>(der), static_cast<size_t>(size)};
  OPENSSL_free(der);
  return made;
}

bool verify_public(EVP_PKEY* key, const EVP_MD* digest, std::string_view text, std::string_view signature) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{EVP_MD_CTX_new(), &EVP_MD_CTX_free};
  if (EVP_DigestVerifyInit(context.get(), nullptr, digest, nullptr, key) != 1) return false;
  return EVP_DigestVerify(context.get(), reinterpret_cast<const unsigned char*>(signature.data()), signature.size(),
                          reinterpret_cast<const unsigned char*>(text.data()), text.size()) == 1;
}

bool signature_fits(const token_key& key, std::string_view text, std::string_view signature) {
  switch (key.algorithm) {
    case token_algorithm::hs256: return same_in_constant_time(hmac_sha256(key.shared, text), signature);
    case token_algorithm::eddsa: return verify_public(key.foreign.get(), nullptr, text, signature);
    case token_algorithm::es256: return verify_public(key.foreign.get(), EVP_sha256(), text, es256_as_der(signature));
  }
  return false;
}

/// The key's algorithm is the key's: a header that says another one never gets as far as a signature.
bool is_signed_by_one_of(const key_ring& keys, const token_parts& token) {
  bool sound = true;
  const auto algorithm = text_member(token.header, "alg", sound);
  const auto id = text_member(token.header, "kid", sound);
  for (const auto* refused : {"crit", "jku", "jwk", "x5u", "x5c"}) sound = sound && token.header.find(refused) == nullptr;
  if (!sound || !algorithm) return false;
  for (const auto& key : keys.token_keys) {
    if (*algorithm != to_string(key.algorithm)) continue;
    if (id ? key.id != *id : key.algorithm != token_algorithm::hs256) continue;
    if (signature_fits(key, token.signed_part, token.signature)) return true;
  }
  return false;
}

/// Seconds since the epoch as milliseconds. `sound` falls where the claim is there and no whole number of sane size.
std::optional<timestamp> time_claim(const json_value& claims, std::string_view name, bool& sound) {
  constexpr int64_t last_second = 253'402'300'799;  // The end of the year 9999.
  const auto* member = claims.find(name);
  if (member == nullptr) return std::nullopt;
  const auto seconds = member->as_integer();
  if (seconds && *seconds >= 0 && *seconds <= last_second) return from_ms(*seconds * 1000);
  sound = false;
  return std::nullopt;
}

std::optional<principal> principal_of(const json_value& claims) {
  bool sound = true;
  const auto subject = text_member(claims, "sub", sound);
  const auto tenant = text_member(claims, "tenant", sound).value_or(usual_tenant);
  const auto client = text_member(claims, "azp", sound);
  const auto as = parse_role(text_member(claims, "role", sound).value_or(to_string(role::customer)));
  if (!sound || !as || !subject || !is_principal_name(*subject) || !is_principal_name(tenant)) return std::nullopt;
  if (client && !is_principal_name(*client)) return std::nullopt;
  return principal{std::string{*subject}, std::string{tenant}, *as, std::string{client.value_or("")}};
}

}  // namespace

problem token_problem(std::string detail) { return unauthorized("token_must_be_valid", std::move(detail)); }

std::variant<verified_token, problem> read_token(std::string_view jwt, const key_ring& keys, timestamp now) {
  const auto token = take_apart(jwt);
  if (!token) return token_problem("The bearer token is not a well-formed token.");
  if (!is_signed_by_one_of(keys, *token)) return token_problem("The bearer token is not signed by a key that counts here.");
  bool sound = true;
  const auto expires = time_claim(token->claims, "exp", sound);
  const auto not_before = time_claim(token->claims, "nbf", sound);
  const auto issued = time_claim(token->claims, "iat", sound);
  if (!sound || !expires) return token_problem("The bearer token does not say in whole seconds when it expires.");
  if (*expires <= now) return token_problem("The bearer token has expired; get a new one.");
  const auto latest = now + token_leeway;
  if ((not_before && *not_before > latest) || (issued && *issued > latest))
    return token_problem("The bearer token is not valid yet.");
  auto who = principal_of(token->claims);
  if (!who) return token_problem("The bearer token's claims do not name a subject, tenant and role of ours.");
  return verified_token{std::move(*who), *expires};
}

std::variant<principal, problem> verify_token(std::string_view jwt, const key_ring& keys, timestamp now) {
  auto read = read_token(jwt, keys, now);
  if (auto* wrong = std::get_if<problem>(&read)) return std::move(*wrong);
  return std::move(std::get<verified_token>(read).who);
}

std::optional<std::string> issue_token(const principal& who, const key_ring& keys, timestamp now, milliseconds lifetime) {
  const auto* key = keys.signing_key();
  if (key == nullptr) return std::nullopt;
  std::string header;
  json_writer{header}.begin_object().key("alg").string("HS256").key("typ").string("JWT").key("kid").string(key->id).end_object();
  std::string claims;
  json_writer out{claims};
  out.begin_object().key("sub").string(who.subject).key("role").string(to_string(who.as)).key("tenant").string(who.tenant);
  if (!who.client.empty()) out.key("azp").string(who.client);
  out.key("iat").integer(to_ms(now) / 1000).key("exp").integer(to_ms(now + lifetime) / 1000).end_object();
  auto token = to_base64url(header) + "." + to_base64url(claims);
  token += "." + to_base64url(hmac_sha256(key->shared, token));
  return token;
}

}  // namespace orderflow
