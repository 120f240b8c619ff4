// Bodies of the cart workflow: what is read, and what is said about what cannot be.
#include <catch2/catch_test_macros.hpp>

#include "http/api/cart_workflow/codec.hpp"

namespace orderflow {
namespace {

const currency usd = *find_currency("USD");

template <class Wish>
std::string complaint(const std::variant<Wish, problem>& read) {
  const auto* wrong = std::get_if<problem>(&read);
  if (wrong == nullptr) return "none";
  return wrong->errors.empty() ? wrong->word : wrong->errors.front().pointer;
}

}  // namespace

TEST_CASE("ids of the cart workflow may be numbers or texts") {
  const auto read = cart_workflow::decode_add(R"({"userId": 7, "productId": 101, "quantity": 2})");
  REQUIRE(std::holds_alternative<cart_workflow::item_body>(read));
  const auto& command = std::get<cart_workflow::item_body>(read);
  CHECK(command.user == "7");
  CHECK(command.product == product_id{"101"});
  CHECK(command.quantity == 2);
  CHECK(std::get<cart_workflow::item_body>(
            cart_workflow::decode_add(R"({"userId": "ann", "productId": "P001", "quantity": 1, "more": true})"))
            .user == "ann");
}

TEST_CASE("a quantity is a whole number that an order may have") {
  for (const auto* quantity : {"0", "-1", "1.0", "\"1\"", "true", "1000001", "null"}) {
    INFO(quantity);
    CHECK(complaint(cart_workflow::decode_add(R"({"userId": 7, "productId": 101, "quantity": )" + std::string{quantity} + "}")) ==
          "/quantity");
  }
  CHECK(std::get<int64_t>(cart_workflow::decode_quantity(R"({"quantity": 0})")) == 0);
  CHECK(complaint(cart_workflow::decode_quantity(R"({"quantity": -1})")) == "/quantity");
}

TEST_CASE("items of a reduction are summed by product and sorted") {
  const auto read = cart_workflow::decode_reduce(
      R"({"orderId": 9, "items": [{"productId": "B", "quantity": 1}, {"productId": "A", "quantity": 2}, {"productId": "B", "quantity": 3}]})");
  REQUIRE(std::holds_alternative<cart_workflow::reduce_body>(read));
  const auto& command = std::get<cart_workflow::reduce_body>(read);
  CHECK(command.order == "9");
  CHECK(command.lines == std::vector<stock_line>{{{"A"}, 2}, {{"B"}, 4}});
  CHECK(complaint(cart_workflow::decode_reduce(R"({"items": []})")) == "/items");
  CHECK(complaint(cart_workflow::decode_reduce(R"({"items": [{"productId": "A"}]})")) == "/items/0/quantity");
  CHECK(complaint(cart_workflow::decode_reduce("{}")) == "/productId");
}

TEST_CASE("a card is read without telling its digits") {
  const std::string before = R"({"userId": 7, "paymentDetails": {"cardNumber": ")";
  const auto good = cart_workflow::decode_place(before + R"(4242 4242-42424242", "expiryDate": "12/25", "cvv": 123}})", usd);
  REQUIRE(std::holds_alternative<cart_workflow::place_body>(good));
  const auto& card = std::get<cart_workflow::place_body>(good).choice.card;
  REQUIRE(card);
  CHECK(card->number.reveal() == "4242424242424242");
  CHECK(card->cvv.reveal() == "123");
  CHECK(card->expiry_month == 12);
  CHECK(card->expiry_year == 2025);

  const auto bad = cart_workflow::decode_place(before + R"(4242424242424241", "expiryDate": "13/25", "cvv": "12"}})", usd);
  REQUIRE(std::holds_alternative<problem>(bad));
  const auto& wrong = std::get<problem>(bad);
  CHECK(wrong.errors.size() == 3);
  for (const auto& each : wrong.errors) CHECK(each.message.find("4242") == std::string::npos);
  CHECK(wrong.detail.find("4242") == std::string::npos);
}

TEST_CASE("a payment names order, user and amount") {
  const auto read =
      cart_workflow::decode_payment(R"({"orderId": "ORD000456", "userId": 7, "amount": 100.50, "paymentMethod": "UPI"})");
  REQUIRE(std::holds_alternative<cart_workflow::payment_body>(read));
  const auto& command = std::get<cart_workflow::payment_body>(read);
  CHECK(command.order == order_id{456});
  CHECK(command.amount.text == "100.50");
  CHECK(command.choice.method == "UPI");
  CHECK(complaint(cart_workflow::decode_payment(R"({"orderId": 1, "userId": 7})")) == "/amount");
  CHECK(complaint(cart_workflow::decode_payment(R"({"userId": 7, "amount": 1})")) == "/orderId");
}

TEST_CASE("what is no JSON object is malformed") {
  CHECK(std::get<problem>(cart_workflow::decode_place("no JSON", usd)).status == 400);
  CHECK(std::holds_alternative<problem>(cart_workflow::decode_place("[]", usd)));
}

}  // namespace orderflow
