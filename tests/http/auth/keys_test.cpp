#include "http/auth/keys.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/http/keys_samples.hpp"
#include "tests/http/scratch_directory.hpp"

using namespace orderflow;

namespace {

std::string error_of(const std::string& toml) {
  const auto read = parse_keys(toml, "keys.toml");
  const auto* wrong = std::get_if<key_errors>(&read);
  return wrong == nullptr ? std::string{} : wrong->sentences.front();
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

std::string text_of(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream{path}.rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("a file of keys is read in its order") {
  const auto keys = sample_keys();
  REQUIRE(keys->token_keys.size() == 2);
  CHECK(keys->signing_key()->id == "k1");
  CHECK(keys->signing_key()->shared.reveal() == first_secret);
  CHECK(keys->client("demo")->bytes.reveal() == demo_secret);
  CHECK(keys->client("nobody") == nullptr);
  CHECK(keys->webhook_secrets.size() == 2);
  CHECK_FALSE(keys->empty());
  CHECK(read_sample("")->empty());
  CHECK(key_ring{}.signing_key() == nullptr);
}

TEST_CASE("a secret's length counts in bytes, and 32 are enough") {
  const auto with_secret = [](const std::string& bytes) {
    return "[[webhook_secret]]\nid = \"a\"\nsecret = \"" + bytes + "\"\n";
  };
  CHECK(error_of(with_secret(std::string(32, 'x'))).empty());
  const auto wrong = error_of(with_secret(std::string(31, 'x')));
  CHECK(contains(wrong, "31 bytes"));
  CHECK(contains(wrong, "at least 32"));
  CHECK(error_of(with_secret("ключключключключ")).empty());
}

TEST_CASE("what is wrong with a file of keys is said with its place, and no secret is repeated") {
  const std::string fine = std::string(32, 'x');
  CHECK(contains(error_of("[[token_key]]\nid = \"a\"\n"), "secret is missing"));
  CHECK(contains(error_of("[[token_key]]\nsecret = \"" + fine + "\"\n"), "id is missing"));
  CHECK(contains(error_of("[[token_key]]\nid = 1\nsecret = \"" + fine + "\"\n"), "id must be a string"));
  CHECK(contains(error_of("[[token_key]]\nid = \"\"\nsecret = \"" + fine + "\"\n"), "1 to 255 bytes"));
  CHECK(contains(error_of("[[token_key]]\nid = \"a\"\nsecret = \"" + fine + "\"\nuse = \"x\"\n"), "token_key has no use"));
  CHECK(contains(error_of("[token_key]\nid = \"a\"\nsecret = \"" + fine + "\"\n"), "[[token_key]]"));
  CHECK(contains(error_of("token_key = [1]\n"), "[[token_key]]"));
  CHECK(contains(error_of("[[tokenkey]]\nid = \"a\"\n"), "tokenkey is unknown"));
  const auto twice = "[[client]]\nid = \"a\"\nsigning_secret = \"" + fine + "\"\n";
  CHECK(contains(error_of(std::string{twice} + twice), "line 4: the id a is there twice"));
  const auto no_toml = error_of("[[token_key]]\nsecret = \"hunter2hunter2\nid = \"a\"");
  CHECK(contains(no_toml, "not TOML"));
  CHECK_FALSE(contains(no_toml, "hunter2"));
  CHECK_FALSE(contains(error_of("[[client]]\nid = \"a\"\nsigning_secret = \"hunter2\"\n"), "hunter2"));
}

TEST_CASE("an issuer's public key has to be one, and of the algorithm that it is for") {
  const issuer_key ed{"ED25519"};
  const issuer_key ec{"EC"};
  CHECK(error_of(public_key_toml("a", "EdDSA", ed.pem())).empty());
  CHECK(error_of(public_key_toml("a", "ES256", ec.pem())).empty());
  CHECK(contains(error_of(public_key_toml("a", "ES256", ed.pem())), "not a key for ES256"));
  CHECK(contains(error_of(public_key_toml("a", "EdDSA", ec.pem())), "not a key for EdDSA"));
  CHECK(contains(error_of(public_key_toml("a", "RS256", ed.pem())), "EdDSA or ES256"));
  CHECK(contains(error_of(public_key_toml("a", "HS256", ed.pem())), "EdDSA or ES256"));
  CHECK(contains(error_of(public_key_toml("a", "EdDSA", "no key")), "no public key"));
  CHECK(contains(error_of(sample_keys_toml() + public_key_toml("k1", "EdDSA", ed.pem())), "twice"));
}

TEST_CASE("a file of keys that others may read is refused, one that is absent is an empty ring") {
  const scratch_directory place;
  const auto path = keys_path(place.path());
  CHECK(std::get<shared_keys>(load_keys(path))->empty());
  std::ofstream{path} << sample_keys_toml();
  for (const auto mode : {0640, 0604, 0644, 0620, 0610, 0666}) {
    INFO(mode);
    ::chmod(path.c_str(), static_cast<mode_t>(mode));
    const auto read = load_keys(path);
    REQUIRE(std::holds_alternative<key_errors>(read));
    CHECK(contains(std::get<key_errors>(read).sentences.front(), "chmod 600 " + path));
  }
  for (const auto mode : {0600, 0400}) {
    ::chmod(path.c_str(), static_cast<mode_t>(mode));
    CHECK(std::get<shared_keys>(load_keys(path))->token_keys.size() == 2);
  }
  CHECK(std::holds_alternative<key_errors>(load_keys(place.path())));
}

TEST_CASE("fresh keys are read back under the names that were asked for, and never written over others") {
  const scratch_directory place;
  const auto path = keys_path(place.path());
  REQUIRE(make_keys(path, {"A comment.", "token-1", {"shop", R"(a "quoted\name")"}, "webhook-1"}));
  struct stat about {};
  REQUIRE(::stat(path.c_str(), &about) == 0);
  CHECK((about.st_mode & 0777) == 0600);
  const auto made = std::get<shared_keys>(load_keys(path));
  CHECK(made->signing_key()->id == "token-1");
  CHECK(made->client("shop") != nullptr);
  CHECK(made->client(R"(a "quoted\name")") != nullptr);
  CHECK(made->webhook_secrets.front().id == "webhook-1");
  const auto before = text_of(path);
  CHECK_FALSE(make_keys(path, {"Another.", "token-2", {"other"}, "webhook-2"}));
  CHECK(text_of(path) == before);
}

TEST_CASE("demo keys are made once, for their owner alone, and differ from others") {
  const scratch_directory place;
  const auto path = keys_path(place.path());
  make_demo_keys(path);
  struct stat about {};
  REQUIRE(::stat(path.c_str(), &about) == 0);
  CHECK((about.st_mode & 0777) == 0600);
  const auto made = std::get<shared_keys>(load_keys(path));
  CHECK(made->token_keys.size() == 1);
  CHECK(made->client("demo") != nullptr);
  CHECK(made->webhook_secrets.size() == 1);
  const auto before = text_of(path);
  make_demo_keys(path);
  CHECK(text_of(path) == before);
  const scratch_directory elsewhere;
  make_demo_keys(keys_path(elsewhere.path()));
  CHECK(text_of(keys_path(elsewhere.path())) != before);
  CHECK(std::distance(std::filesystem::directory_iterator{place.path()}, {}) == 1);
  CHECK_THROWS_AS(make_demo_keys(place.path() + "/absent/keys.toml"), std::runtime_error);
}
