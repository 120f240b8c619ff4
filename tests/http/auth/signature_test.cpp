#include "http/auth/signature.hpp"

#include <catch2/catch_test_macros.hpp>

#include "codec/json.hpp"
#include "http/auth/signed_body.hpp"
#include "tests/http/keys_samples.hpp"

using namespace orderflow;
using std::chrono::seconds;

namespace {

const timestamp now = from_ms(1'764'583'200'000);
const std::string body = R"({"payment_id":"7","status":"completed"})";

signed_order sample_order() { return {"123456", "header.claims.mac", "100.50", {{"P001", 2}, {"P002", 1}}}; }

std::string sign(const signed_order& order) { return sign_order(order, secret<std::string>{demo_secret}); }

bool fits(const signed_order& order, const std::string& signature, const std::string& client = "demo") {
  return verify_order_signature(order, signature, client, *sample_keys());
}

std::string header_at(timestamp at, const std::string& text = body, const std::string& key = hook_secret) {
  return sign_webhook(text, secret<std::string>{key}, at);
}

bool genuine(const std::string& header, const std::string& text = body) {
  const auto wrong = verify_webhook(header, text, *sample_keys(), now);
  if (wrong) CHECK(wrong->status == 401);
  return !wrong;
}

}  // namespace

TEST_CASE("an order's signature covers these lines") {
  CHECK(signed_text(sample_order()) == "v1\n123456\nheader.claims.mac\n100.50\nP001:2,P002:1");
  auto fresh = sample_order();
  fresh.timestamp = "1764583200";
  fresh.nonce = "n-1";
  CHECK(signed_text(fresh) == "v1\n123456\nheader.claims.mac\n100.50\nP001:2,P002:1\n1764583200\nn-1");
}

TEST_CASE("an order's signature is the HMAC that any other program computes") {
  // printf 'v1\n123456\nheader.claims.mac\n100.50\nP001:2,P002:1' | openssl dgst -sha256 -hmac <demo_secret>
  CHECK(sign(sample_order()) == "bc2cc0ffbcc8778747d21ef3808bd60b6c132915d5e972d0a3a9a10831d475a0");
}

TEST_CASE("an order that was signed by its client is genuine, by another client or none it is not") {
  const auto signature = sign(sample_order());
  CHECK(fits(sample_order(), signature));
  CHECK_FALSE(fits(sample_order(), signature, "other"));
  CHECK_FALSE(fits(sample_order(), signature, ""));
  CHECK_FALSE(fits(sample_order(), sign_order(sample_order(), secret<std::string>{first_secret})));
  CHECK_FALSE(verify_order_signature(sample_order(), signature, "demo", key_ring{}));
}

TEST_CASE("an order with anything changed after it was signed is not genuine") {
  const auto signature = sign(sample_order());
  const auto changed = [&](auto change) {
    auto order = sample_order();
    change(order);
    return fits(order, signature);
  };
  CHECK_FALSE(changed([](auto& order) { order.user = "123457"; }));
  CHECK_FALSE(changed([](auto& order) { order.token += "x"; }));
  CHECK_FALSE(changed([](auto& order) { order.amount = "100.5"; }));
  CHECK_FALSE(changed([](auto& order) { order.amount = "1"; }));
  CHECK_FALSE(changed([](auto& order) { order.lines[0].quantity = 3; }));
  CHECK_FALSE(changed([](auto& order) { order.lines[1].product = "P003"; }));
  CHECK_FALSE(changed([](auto& order) { std::swap(order.lines[0], order.lines[1]); }));
  CHECK_FALSE(changed([](auto& order) { order.lines.pop_back(); }));
  CHECK_FALSE(changed([](auto& order) { order.lines.push_back({"P001", 1}); }));
  CHECK_FALSE(changed([](auto& order) { order.timestamp = "1"; }));
  CHECK_FALSE(changed([](auto& order) { order.nonce = "1"; }));
}

TEST_CASE("an order's signature is compared whole and as it is written") {
  const auto signature = sign(sample_order());
  for (const auto& wrong : {std::string{}, signature.substr(0, 63), signature + "0", " " + signature, std::string(64, '0')}) {
    INFO(wrong);
    CHECK_FALSE(fits(sample_order(), wrong));
  }
  auto upper = signature;
  for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  CHECK_FALSE(fits(sample_order(), upper));
}

TEST_CASE("a callback that was signed with any of our secrets is genuine") {
  CHECK(genuine(header_at(now)));
  CHECK(genuine(header_at(now, body, old_hook_secret)));
  CHECK_FALSE(genuine(header_at(now, body, first_secret)));
  CHECK_FALSE(genuine(header_at(now, body, demo_secret)));
  CHECK(verify_webhook(header_at(now), body, key_ring{}, now)->status == 401);
}

TEST_CASE("a callback's signature is the HMAC that any other program computes") {
  // printf '1764583200.{"payment_id":"7","status":"completed"}' | openssl dgst -sha256 -hmac <hook_secret>
  CHECK(header_at(now) == "t=1764583200,v1=7b01043e0a6f07ecb28150e36703636a070aa6e51c1bd61f5ead59e46cd42d44");
}

TEST_CASE("a callback is taken for five minutes around its time and replayed later it is not") {
  CHECK(genuine(header_at(now - seconds{300})));
  CHECK(genuine(header_at(now + seconds{300})));
  CHECK_FALSE(genuine(header_at(now - seconds{301})));
  CHECK_FALSE(genuine(header_at(now + seconds{301})));
  CHECK_FALSE(genuine(header_at(now - std::chrono::hours{24 * 365})));
}

TEST_CASE("a callback whose body or time was changed is not genuine") {
  CHECK_FALSE(genuine(header_at(now), body + " "));
  CHECK_FALSE(genuine(header_at(now), ""));
  CHECK_FALSE(genuine(header_at(now), R"({"payment_id":"8","status":"completed"})"));
  const auto old = header_at(now - seconds{900});
  CHECK_FALSE(genuine("t=1764583200" + old.substr(old.find(','))));
}

TEST_CASE("a callback's header names one time and at least one signature") {
  const auto good = header_at(now);
  const auto mac = good.substr(good.find("v1="));
  for (const auto& wrong :
       {std::string{}, std::string{"x"}, std::string{","}, mac, std::string{"t=1764583200"}, "t=1764583200,v0=" + mac.substr(3),
        "t=1764583200,t=1764583200," + mac, "t=," + mac, "t=now," + mac, "t=-1," + mac, "t=1764583200.0," + mac,
        "t=99999999999999999999," + mac, "t= 1764583200," + mac, good.substr(0, good.size() - 1), good + "0",
        std::string{"t=1764583200,v1="}, "t=1764583200;" + mac}) {
    INFO(wrong);
    CHECK_FALSE(genuine(wrong));
  }
}

TEST_CASE("while secrets are changed over a sender may sign with two, in any order and among schemes that we do not know") {
  const auto good = header_at(now);
  const auto mac = good.substr(good.find("v1="));
  const auto other = "v1=" + std::string(64, '0');
  CHECK(genuine("t=1764583200," + other + "," + mac));
  CHECK(genuine(mac + "," + other + ",t=1764583200"));
  CHECK(genuine("t=1764583200, v2=abc, " + mac));
  std::string many = "t=1764583200";
  for (int i = 0; i < 9; ++i) many += "," + other;
  CHECK_FALSE(genuine(many + "," + mac));
}

TEST_CASE("a body is signed with its numbers as they are written") {
  const auto made = sign_body(R"({"userId":123456,"token":"","signature":"","orderAmount":100.50,)"
                              R"("items":[{"productId":"P001","quantity":2},{"productId":101,"quantity":1}],"x":1e2})",
                              "a.b.c", secret<std::string>{demo_secret});
  REQUIRE(made.error.empty());
  const signed_order order{"123456", "a.b.c", "100.50", {{"P001", 2}, {"101", 1}}};
  CHECK(made.body ==
        R"({"userId":123456,"token":"a.b.c","signature":")" + sign(order) +
            R"(","orderAmount":100.50,"items":[{"productId":"P001","quantity":2},{"productId":101,"quantity":1}],"x":1e2})");
}

TEST_CASE("a body without token and signature gets them, and its timestamp and nonce are signed") {
  const auto made = sign_body(R"({"userId":"u","orderAmount":0,"items":[],"timestamp":1764583200,"nonce":"n"})", "t",
                              secret<std::string>{demo_secret});
  REQUIRE(made.error.empty());
  const signed_order order{"u", "t", "0", {}, "1764583200", "n"};
  const auto read = parse_json(made.body);
  CHECK(std::get<json_value>(read).find("signature")->text == sign(order));
  CHECK(std::get<json_value>(read).find("token")->text == "t");
}

TEST_CASE("a body that cannot be signed says why") {
  for (const auto* wrong : {"", "[]", "{", R"({"orderAmount":1,"items":[]})", R"({"userId":"u","items":[]})",
                            R"({"userId":"u","orderAmount":1})", R"({"userId":"u","orderAmount":1,"items":[{}]})",
                            R"({"userId":"u","orderAmount":1,"items":[{"productId":"P","quantity":1.5}]})"}) {
    INFO(wrong);
    const auto made = sign_body(wrong, "t", secret<std::string>{demo_secret});
    CHECK_FALSE(made.error.empty());
    CHECK(made.body.empty());
  }
}
