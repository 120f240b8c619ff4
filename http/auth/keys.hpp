// The keys of DIR/keys.toml: who may sign tokens, orders and callbacks. The file is readable by its owner only; secrets are
// used as the raw bytes of their text. A ring never changes: SIGHUP puts another one in its place.
// Thread rule: a ring may be read by any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/secret.hpp"

struct evp_pkey_st;

namespace orderflow {

/// The shortest secret that is taken, in bytes: as long as the MAC that it makes.
inline constexpr size_t least_secret_bytes = 32;

/// The algorithm belongs to the key: what a token's header says must agree with it, and never chooses it.
enum class token_algorithm : uint8_t { hs256 = 1, eddsa = 2, es256 = 3 };
/// "HS256", "EdDSA", "ES256": as in a token's header.
[[nodiscard]] std::string_view to_string(token_algorithm algorithm);

struct token_key {
  std::string id;
  token_algorithm algorithm = token_algorithm::hs256;
  secret<std::string> shared;            ///< HS256.
  std::shared_ptr<evp_pkey_st> foreign;  ///< The others: an issuer's public key.
};

struct named_secret {
  std::string id;
  secret<std::string> bytes;
};

struct key_ring {
  std::vector<token_key> token_keys;          ///< The first of HS256 signs, all verify.
  std::vector<named_secret> clients;          ///< Signing secrets of the programs that orders come from.
  std::vector<named_secret> webhook_secrets;  ///< The first signs, all verify: a new one is put first, an old one taken out.

  [[nodiscard]] const token_key* signing_key() const;
  [[nodiscard]] const named_secret* client(std::string_view id) const;
  [[nodiscard]] bool empty() const { return token_keys.empty() && clients.empty() && webhook_secrets.empty(); }
};

using shared_keys = std::shared_ptr<const key_ring>;

/// What is wrong with a file of keys: sentences that name the place and say what to do, never a secret.
struct key_errors {
  std::vector<std::string> sentences;
};

/// Reads the text of a keys.toml; `called` names it in sentences.
[[nodiscard]] std::variant<shared_keys, key_errors> parse_keys(std::string_view text, const std::string& called);

/// Reads the file. One that does not exist is a ring without keys; one that others may read is refused.
[[nodiscard]] std::variant<shared_keys, key_errors> load_keys(const std::string& path);

/// Where the keys of a data directory are.
[[nodiscard]] std::string keys_path(const std::string& directory);

/// What `make_keys` writes: names; the secrets are random.
struct fresh_keys {
  std::string comment;
  std::string token_key;
  std::vector<std::string> clients;
  std::string webhook_secret;
};

/// Makes the file, readable by its owner only. False: there is one, which is left as it is. Throws std::runtime_error where it
/// cannot be written.
[[nodiscard]] bool make_keys(const std::string& path, const fresh_keys& with);

/// For --dev: one token key, the client "demo", one webhook secret; unless there is a file.
void make_demo_keys(const std::string& path);

}  // namespace orderflow
