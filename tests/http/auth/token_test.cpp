#include "http/auth/token.hpp"

#include <openssl/ecdsa.h>

#include <rapidcheck.h>
#include <catch2/catch_test_macros.hpp>

#include "http/auth/principal.hpp"
#include "tests/http/keys_samples.hpp"

using namespace orderflow;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

const timestamp now = from_ms(1'764'583'200'000);
const std::string in_a_minute = "1764583260";
const std::string hs256 = R"({"alg":"HS256","typ":"JWT","kid":"k1"})";
const std::string claims = R"({"sub":"alice","role":"merchant","tenant":"acme","azp":"demo","exp":)" + in_a_minute + "}";

bool counts(const std::string& token, const shared_keys& keys = sample_keys(), timestamp at = now) {
  return std::holds_alternative<principal>(verify_token(token, *keys, at));
}

std::string with_claims(const std::string& text) { return token_by_hand(hs256, text); }
std::string with_header(const std::string& text) { return token_by_hand(text, claims); }

std::string der_to_raw(const std::string& der) {
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> pair{d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())),
                                                                   &ECDSA_SIG_free};
  std::string raw(64, '\0');
  auto* bytes = reinterpret_cast<unsigned char*>(raw.data());
  BN_bn2binpad(ECDSA_SIG_get0_r(pair.get()), bytes, 32);
  BN_bn2binpad(ECDSA_SIG_get0_s(pair.get()), bytes + 32, 32);
  return raw;
}

std::string signed_by(const issuer_key& issuer, const std::string& header, const EVP_MD* digest, bool as_raw_pair = false) {
  const auto text = to_base64url(header) + "." + to_base64url(claims);
  const auto signature = issuer.sign(text, digest);
  return text + "." + to_base64url(as_raw_pair ? der_to_raw(signature) : signature);
}

}  // namespace

TEST_CASE("a token of ours says who it is until it expires") {
  const principal alice{"alice", "acme", role::merchant, "demo"};
  const auto token = *issue_token(alice, *sample_keys(), now, minutes{15});
  const auto read = verify_token(token, *sample_keys(), now + minutes{14});
  const auto& who = std::get<principal>(read);
  CHECK(who.subject == "alice");
  CHECK(who.tenant == "acme");
  CHECK(who.as == role::merchant);
  CHECK(who.client == "demo");
  CHECK(std::get<problem>(verify_token(token, *sample_keys(), now + minutes{15})).status == 401);
  CHECK_FALSE(counts(token, sample_keys(), now + minutes{16}));
  CHECK_FALSE(counts(token, sample_keys(), now - minutes{2}));
}

TEST_CASE("without a key of its own a ring issues nothing") {
  CHECK_FALSE(issue_token({"alice", "acme", role::customer}, key_ring{}, now, minutes{1}));
  const auto only_foreign = read_sample(public_key_toml("f", "EdDSA", issuer_key{"ED25519"}.pem()));
  CHECK_FALSE(issue_token({"alice", "acme", role::customer}, *only_foreign, now, minutes{1}));
}

TEST_CASE("what a token leaves out is the least: a customer of the usual tenant, without a client") {
  const auto read = verify_token(with_claims(R"({"sub":"7","exp":1764583260})"), *sample_keys(), now);
  const auto& who = std::get<principal>(read);
  CHECK(who.as == role::customer);
  CHECK(who.tenant == usual_tenant);
  CHECK(who.client.empty());
}

TEST_CASE("every HS256 key of the ring verifies, with and without its id in the header") {
  CHECK(counts(token_by_hand(hs256, claims)));
  CHECK(counts(token_by_hand(R"({"alg":"HS256","kid":"k2"})", claims, second_secret)));
  CHECK(counts(token_by_hand(R"({"alg":"HS256"})", claims, second_secret)));
  CHECK_FALSE(counts(token_by_hand(hs256, claims, second_secret)));
  CHECK_FALSE(counts(token_by_hand(R"({"alg":"HS256","kid":"k3"})", claims)));
  CHECK_FALSE(counts(token_by_hand(hs256, claims, "a secret that is in nobody's ring 000")));
  CHECK_FALSE(counts(token_by_hand(hs256, claims), std::make_shared<key_ring>()));
}

TEST_CASE("the header chooses no algorithm") {
  for (const auto* header : {R"({"alg":"none","kid":"k1"})", R"({"alg":"None"})", R"({"alg":"","kid":"k1"})", R"({"kid":"k1"})",
                             R"({"alg":"hs256","kid":"k1"})", R"({"alg":"HS512","kid":"k1"})", R"({"alg":"EdDSA","kid":"k1"})",
                             R"({"alg":"RS256","kid":"k1"})", R"({"alg":1,"kid":"k1"})", R"({"alg":["HS256"],"kid":"k1"})",
                             R"({"alg":"HS256","kid":1})", R"({"alg":null})"}) {
    INFO(header);
    CHECK_FALSE(counts(with_header(header)));
  }
  const auto unsigned_token = to_base64url(R"({"alg":"none"})") + "." + to_base64url(claims) + ".";
  CHECK_FALSE(counts(unsigned_token));
}

TEST_CASE("a header that brings a key or an extension of its own is refused") {
  for (const auto* member :
       {R"("crit":["exp"])", R"("jku":"https://evil.example")", R"("jwk":{})", R"("x5u":"x")", R"("x5c":[])"}) {
    INFO(member);
    CHECK_FALSE(counts(with_header(R"({"alg":"HS256","kid":"k1",)" + std::string{member} + "}")));
  }
}

TEST_CASE("tokens of an issuer with Ed25519 are taken, by the issuer's key only") {
  const issuer_key issuer{"ED25519"};
  const issuer_key other{"ED25519"};
  const auto keys = read_sample(sample_keys_toml() + public_key_toml("idp", "EdDSA", issuer.pem()));
  const auto header = R"({"alg":"EdDSA","kid":"idp"})";
  CHECK(counts(signed_by(issuer, header, nullptr), keys));
  CHECK_FALSE(counts(signed_by(other, header, nullptr), keys));
  CHECK_FALSE(counts(signed_by(issuer, R"({"alg":"EdDSA"})", nullptr), keys));
  CHECK_FALSE(counts(signed_by(issuer, R"({"alg":"EdDSA","kid":"k1"})", nullptr), keys));
}

TEST_CASE("tokens of an issuer with ES256 are taken in the form of JOSE and in no other") {
  const issuer_key issuer{"EC"};
  const auto keys = read_sample(public_key_toml("idp", "ES256", issuer.pem()));
  const auto header = R"({"alg":"ES256","kid":"idp"})";
  CHECK(counts(signed_by(issuer, header, EVP_sha256(), true), keys));
  CHECK_FALSE(counts(signed_by(issuer, header, EVP_sha256(), false), keys));
  CHECK_FALSE(counts(signed_by(issuer, header, EVP_sha512(), true), keys));
  CHECK_FALSE(counts(signed_by(issuer_key{"EC"}, header, EVP_sha256(), true), keys));
  const auto text = to_base64url(header) + "." + to_base64url(claims);
  CHECK_FALSE(counts(text + "." + to_base64url(std::string(64, '\0')), keys));
}

TEST_CASE("a public key is never taken for a shared secret") {
  const issuer_key issuer{"ED25519"};
  const auto keys = read_sample(public_key_toml("idp", "EdDSA", issuer.pem()));
  for (const auto* header : {R"({"alg":"HS256","kid":"idp"})", R"({"alg":"EdDSA","kid":"idp"})", R"({"alg":"HS256"})"}) {
    INFO(header);
    CHECK_FALSE(counts(token_by_hand(header, claims, issuer.pem()), keys));
    CHECK_FALSE(counts(token_by_hand(header, claims, ""), keys));
  }
}

TEST_CASE("when it expires has to be said, in whole seconds") {
  for (const auto* wrong : {R"({"sub":"a"})", R"({"sub":"a","exp":"1764583260"})", R"({"sub":"a","exp":1764583260.5})",
                            R"({"sub":"a","exp":null})", R"({"sub":"a","exp":-1})", R"({"sub":"a","exp":9223372036854775807})",
                            R"({"sub":"a","exp":1764583200})", R"({"sub":"a","exp":0})", R"({"sub":"a","exp":true})"}) {
    INFO(wrong);
    CHECK_FALSE(counts(with_claims(wrong)));
  }
  CHECK(counts(with_claims(R"({"sub":"a","exp":1764583201})")));
}

TEST_CASE("a token from the future does not count, but for a clock that is a little ahead") {
  const auto with_time = [](const std::string& name, int64_t at) {
    return with_claims(R"({"sub":"a","exp":1764590000,")" + name + "\":" + std::to_string(at) + "}");
  };
  const int64_t second = to_ms(now) / 1000;
  for (const auto* name : {"nbf", "iat"}) {
    INFO(name);
    CHECK(counts(with_time(name, second - 1000)));
    CHECK(counts(with_time(name, second + 60)));
    CHECK_FALSE(counts(with_time(name, second + 61)));
    CHECK_FALSE(counts(with_claims(R"({"sub":"a","exp":1764590000,")" + std::string{name} + "\":\"soon\"}")));
  }
}

TEST_CASE("claims that are no principal of ours are refused") {
  const std::string exp = R"("exp":1764583260)";
  for (const std::string members :
       {R"("role":"customer")", R"("sub":"")", R"("sub":7)", R"("sub":"a\u0000b")", R"("sub":"a\nb")", R"("sub":["a"])",
        R"("sub":"a","role":"root")", R"("sub":"a","role":"Operator")", R"("sub":"a","role":4)", R"("sub":"a","tenant":"")",
        R"("sub":"a","tenant":9)", R"("sub":"a","azp":"")", R"("sub":"a","azp":{})"}) {
    INFO(members);
    CHECK_FALSE(counts(with_claims("{" + members + "," + exp + "}")));
  }
  CHECK_FALSE(counts(with_claims(R"({"sub":")" + std::string(256, 'a') + "\"," + exp + "}")));
}

TEST_CASE("a member that is there twice is refused in header and claims") {
  CHECK_FALSE(counts(with_claims(R"({"sub":"alice","sub":"root","exp":1764583260})")));
  CHECK_FALSE(counts(with_claims(R"({"sub":"a","exp":1,"exp":1764583260})")));
  CHECK_FALSE(counts(with_header(R"({"alg":"none","alg":"HS256","kid":"k1"})")));
}

TEST_CASE("a token has three parts in strict base64url and is not large") {
  const auto good = token_by_hand(hs256, claims);
  REQUIRE(counts(good));
  const auto first = good.find('.');
  for (const auto& wrong : {std::string{}, std::string{"."}, std::string{".."}, std::string{"..."}, good + ".", "." + good,
                            good + "=", good + "==", " " + good, good + " ", good + "\n", good.substr(0, good.rfind('.')),
                            good.substr(0, first), good.substr(first + 1), good.substr(0, good.size() - 1), good + "A",
                            good.substr(0, good.rfind('.') + 1), std::string(1'000'000, 'a')}) {
    INFO(wrong.substr(0, 200));
    CHECK_FALSE(counts(wrong));
  }
  const auto padded = with_claims(R"({"exp":1764583260,"sub":"a","x":")" + std::string(largest_token, 'x') + "\"}");
  CHECK_FALSE(counts(padded));
  for (const auto* no_object : {"[]", "1", "\"x\"", "null", "", "{", "{}x", "\xef\xbb\xbf{}"}) {
    INFO(no_object);
    CHECK_FALSE(counts(with_claims(no_object)));
    CHECK_FALSE(counts(with_header(no_object)));
  }
}

TEST_CASE("a token with any character changed or cut off does not count") {
  const auto good = token_by_hand(hs256, claims);
  const auto keys = sample_keys();
  for (size_t at = 0; at < good.size(); ++at) {
    for (const char other : {'A', '_', '.', '~'}) {
      auto wrong = good;
      if (wrong[at] == other) continue;
      wrong[at] = other;
      INFO(at << " " << other);
      REQUIRE_FALSE(counts(wrong, keys));
    }
    REQUIRE_FALSE(counts(good.substr(0, at), keys));
  }
}

TEST_CASE("bytes that nobody signed are never a token, whatever they are") {
  const auto keys = sample_keys();
  rc::check("noise", [&](const std::string& header, const std::string& middle, const std::string& end) {
    RC_ASSERT_FALSE(counts(header + "." + middle + "." + end, keys));
    RC_ASSERT_FALSE(counts(to_base64url(header) + "." + to_base64url(middle) + "." + to_base64url(end), keys));
  });
}

TEST_CASE("what is refused is not told more than it must know") {
  const auto wrong = std::get<problem>(verify_token(token_by_hand(hs256, claims, second_secret), *sample_keys(), now));
  CHECK(wrong.status == 401);
  CHECK(wrong.word == "token_must_be_valid");
  CHECK(wrong.detail.find("k1") == std::string::npos);
}

TEST_CASE("base64url has one spelling per text") {
  rc::check("round trip", [](const std::string& bytes) { RC_ASSERT(from_base64url(to_base64url(bytes)) == bytes); });
  CHECK(from_base64url("") == "");
  CHECK(from_base64url("Zg") == "f");
  for (const auto* wrong : {"Zh", "Zg=", "Zg==", "Z", "Zm9v!", "Zm9+", "Zm9/", "Zm 9"}) {
    INFO(wrong);
    CHECK_FALSE(from_base64url(wrong));
  }
}

TEST_CASE("principals and roles have one word each") {
  for (const auto each : {role::customer, role::merchant, role::service, role::operator_})
    CHECK(parse_role(to_string(each)) == each);
  CHECK_FALSE(parse_role("admin"));
  const auto shop = parse_principal("service:shop");
  REQUIRE(shop);
  CHECK(shop->subject == "shop");
  CHECK(shop->tenant == usual_tenant);
  CHECK(shop->as == role::service);
  CHECK(parse_principal("merchant:shop@acme")->tenant == "acme");
  for (const auto* wrong : {"", "service", "service:", ":shop", "root:shop", "service:shop@", "service:@acme", "service:a\nb"}) {
    INFO(wrong);
    CHECK_FALSE(parse_principal(wrong));
  }
}
