// Questions that others ask the payment gateway through its actor: cards, methods on file, and what went back.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "tests/actors/fixture.hpp"

namespace orderflow::test {

namespace {

using std::chrono::seconds;

card_to_store card(const std::string& number) {
  return {
      std::make_shared<const card_details>(card_details{secret{number}, secret{std::string{"123"}}, 12, 2025, "Ann", "Bell"})};
}

}  // namespace

TEST_CASE("a card is exchanged for its token, and a refusal says why") {
  fixture on;
  auto stored = on.request<card_answer>(on.all().payments, card("4242424242424242"));
  auto refused = on.request<card_answer>(on.all().payments, card("5555555555554444"));
  auto known = on.request<card_answer>(on.all().payments, method_question{"ann"});
  auto unknown = on.request<card_answer>(on.all().payments, method_question{"nobody"});
  on.run();
  REQUIRE(stored->reply);
  CHECK(stored->reply->method == stored_method{"ok", "Ann", "Bell", "424242", "4242", "visa", 12, 2025});
  REQUIRE(refused->reply);
  CHECK(refused->reply->status == card_status::refused);
  CHECK(refused->reply->reason == "card_unknown");
  REQUIRE(known->reply);
  CHECK(known->reply->method.token == "ok");
  REQUIRE(unknown->reply);
  CHECK(unknown->reply->reason == "no_method_on_file");
}

TEST_CASE("a gateway that is down or silent is told as that, in time and once") {
  fixture on;
  on.world.payments.down = true;
  auto down = on.request<card_answer>(on.all().payments, method_question{"ann"});
  on.run();
  REQUIRE(down->error);
  CHECK(down->error->code == errc::gateway_unavailable);
  on.world.payments.down = false;
  on.world.payments.holds_answers = true;
  auto late = on.request<card_answer>(on.all().payments, method_question{"ann"});
  on.advance(milliseconds{1900});
  CHECK_FALSE(late->answered());
  on.advance(milliseconds{300});
  REQUIRE(late->error);
  CHECK(late->error->code == errc::gateway_unavailable);
  on.world.payments.answer_held();
  on.run();
  CHECK(late->answers == 1);
}

TEST_CASE("questions to a silent gateway are bounded") {
  actor_settings limits;
  limits.payments_in_flight = 2;
  fixture on{limits};
  on.world.payments.mute = true;
  std::vector<std::shared_ptr<asked<card_answer>>> all;
  for (int i = 0; i < 3; ++i) all.push_back(on.request<card_answer>(on.all().payments, method_question{"ann"}));
  on.run();
  CHECK(std::ranges::count_if(all, [](const auto& one) { return one->error && one->error->code == errc::overloaded; }) == 1);
  on.advance(seconds{3});
  auto later = on.request<card_answer>(on.all().payments, method_question{"ann"});
  on.run();
  CHECK_FALSE(later->answered());
}

TEST_CASE("the gateway tells how much has gone back for an order") {
  fixture on;
  auto id = on.placed({.pay_with = "ok"});
  on.world.payments.external_refund(id, 300);
  auto answer = on.request<refund_answer>(on.all().payments, refund_question{id});
  on.run();
  REQUIRE(answer->reply);
  CHECK(answer->reply->cumulative == 300);
}

}  // namespace orderflow::test
