// DD-ORDER-001's bodies: what is understood, and what is said about each mistake.
#include <catch2/catch_test_macros.hpp>

#include "http/api/orders_v1/codec.hpp"

using namespace orderflow;

namespace {

const std::string document = R"({"customer_email":"tanaka@example.co.jp","customer_name":"田中太郎",)"
                             R"("items":[{"product_name":"ノートPC","quantity":2,"unit_price":89800.0}],"currency":"JPY"})";

place_order decoded(const std::string& body) {
  auto result = orders_v1::decode_order(body, orders_v1::api_settings{});
  if (const auto* wrong = std::get_if<problem>(&result)) FAIL("refused: " << wrong->detail);
  return std::get<place_order>(result);
}

problem refused(const std::string& body) {
  auto result = orders_v1::decode_order(body, orders_v1::api_settings{});
  REQUIRE(std::holds_alternative<problem>(result));
  return std::get<problem>(result);
}

/// The document's body with one item written differently.
std::string with_item(const std::string& item) { return R"({"customer_email":"a@b.example","items":[)" + item + "]}"; }
std::string with_quantity(const std::string& text) {
  return with_item(R"({"product_name":"x","unit_price":1,"quantity":)" + text + "}");
}
std::string with_price(const std::string& text, const std::string& currency = "JPY") {
  return R"({"customer_email":"a@b.example","currency":")" + currency +
         R"(","items":[{"product_name":"x","quantity":1,"unit_price":)" + text + "}]}";
}
std::string with_member(const std::string& member) {
  return R"({"customer_email":"a@b.example","items":[{"product_name":"x","quantity":1,"unit_price":1}],)" + member + "}";
}

void check_error(const std::string& body, const std::string& pointer) {
  INFO(body);
  const auto wrong = refused(body);
  CHECK(wrong.status == 422);
  REQUIRE(!wrong.errors.empty());
  CHECK(wrong.errors[0].pointer == pointer);
  CHECK(!wrong.errors[0].message.empty());
}

}  // namespace

TEST_CASE("the document's own example is understood") {
  const auto command = decoded(document);
  CHECK(command.who.email == "tanaka@example.co.jp");
  CHECK(command.who.name == "田中太郎");
  CHECK(command.money.name() == "JPY");
  CHECK(command.pay_with == "ok");
  REQUIRE(command.lines.size() == 1);
  CHECK(command.lines[0] == order_line{{}, "ノートPC", 2, 89800, false});
}

TEST_CASE("our additions are understood and unknown members are ignored") {
  const auto command = decoded(
      R"({"customer_email":"a@b.example","items":[{"product_id":101,"quantity":1},{"product_id":"P001","quantity":2,"unit_price":25.00}],)"
      R"("currency":"USD","payment_method":"declined","batch_id":"b1","import_group":"g1","colour":"red"})");
  CHECK(command.pay_with == "declined");
  CHECK(command.source.batch_id == "b1");
  CHECK(command.source.import_group == "g1");
  CHECK(command.lines[0].product.value == "101");
  CHECK(command.lines[0].unit_price == price_of_catalogue);
  CHECK(command.lines[1].unit_price == 2500);
  CHECK_FALSE(decoded(with_member(R"("auto_pay":false)")).pay_with);
  CHECK(decoded(with_member(R"("auto_pay":true)")).pay_with == "ok");
  CHECK(decoded(with_member(R"("currency":null)")).money.name() == "JPY");
}

TEST_CASE("the timers of the settings travel with the order") {
  orders_v1::api_settings settings;
  settings.timers.payment_due = std::chrono::seconds{5};
  const auto result = orders_v1::decode_order(document, settings);
  CHECK(std::get<place_order>(result).timers.payment_due == std::chrono::seconds{5});
}

TEST_CASE("what is not JSON is 400, what is JSON and wrong is 422") {
  for (const auto* body : {"", "{", "{\"a\":1,}", "{\"a\":1,\"a\":2}", "\xff", "{\"a\":NaN}", "[1"}) {
    INFO(body);
    CHECK(refused(body).status == 400);
  }
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += '[';
  CHECK(refused(deep).status == 400);
  for (const auto* body : {"[]", "1", "\"x\"", "null"}) {
    INFO(body);
    CHECK(refused(body).status == 422);
  }
}

TEST_CASE("a quantity is a whole number from 1 to 1000000 and nothing that looks like one") {
  for (const auto* text : {"\"2\"", "2.0", "true", "1e3", "9223372036854775808", "-0", "0", "-1", "1000001", "null", "[]", "2.5",
                           "18446744073709551617"}) {
    check_error(with_quantity(text), "/items/0/quantity");
  }
  CHECK(decoded(with_quantity("1000000")).lines[0].quantity == 1'000'000);
}

TEST_CASE("a price is a number that is not negative, with the currency's digits") {
  for (const auto* text : {"\"2\"", "true", "1e3", "9223372036854775808", "-0", "-1", "-0.0", "0.5", "null", "1E2"}) {
    check_error(with_price(text), "/items/0/unit_price");
  }
  check_error(with_price("1.005", "USD"), "/items/0/unit_price");
  CHECK(decoded(with_price("89800.0")).lines[0].unit_price == 89800);
  CHECK(decoded(with_price("1.50", "USD")).lines[0].unit_price == 150);
  CHECK(decoded(with_price("1.500", "KWD")).lines[0].unit_price == 1500);
  CHECK(decoded(with_price("0")).lines[0].unit_price == 0);
}

TEST_CASE("an order has one to a thousand lines, each an object with a name or a product") {
  check_error(R"({"customer_email":"a@b.example"})", "/items");
  check_error(R"({"customer_email":"a@b.example","items":{}})", "/items");
  check_error(with_item(""), "/items");
  std::string many = R"({"product_name":"x","quantity":1,"unit_price":1})";
  const std::string one = many;
  for (int i = 1; i < 1000; ++i) many += "," + one;
  CHECK(decoded(with_item(many)).lines.size() == 1000);
  check_error(with_item(many + "," + one), "/items");
  check_error(with_item("7"), "/items/0");
  check_error(with_item(one + R"(,{"quantity":1,"unit_price":1})"), "/items/1/product_name");
  check_error(with_item(R"({"product_name":"","quantity":1,"unit_price":1})"), "/items/0/product_name");
  check_error(with_item(R"({"product_name":"x","quantity":1})"), "/items/0/unit_price");
}

TEST_CASE("a product id has no separators, and one order has one currency") {
  for (const auto* id : {R"("a:b")", R"("a,b")", R"("")", R"("a\u0001")", "1.5", "true"}) {
    check_error(with_item(std::string{R"({"quantity":1,"product_id":)"} + id + "}"), "/items/0/product_id");
  }
  check_error(with_item(R"({"product_name":"x","quantity":1,"unit_price":1,"currency":"USD"})"), "/items/0/currency");
  CHECK(decoded(with_item(R"({"product_name":"x","quantity":1,"unit_price":1,"currency":"JPY"})")).lines.size() == 1);
  check_error(with_member(R"("currency":"XYZ")"), "/currency");
  check_error(with_member(R"("currency":"jpy")"), "/currency");
}

TEST_CASE("an e-mail address is there and could be delivered to") {
  check_error(R"({"items":[{"product_name":"x","quantity":1,"unit_price":1}]})", "/customer_email");
  for (const auto* email : {"", "a", "a@", "@b.example", "a@b", "a@b.", "a@.b", "a@b@c.example", "a b@c.example", "a@b..c",
                            "a@b.c\\r\\nBcc: x@y.z", "<a@b.c>"}) {
    check_error(
        std::string{R"({"customer_email":")"} + email + R"(","items":[{"product_name":"x","quantity":1,"unit_price":1}]})",
        "/customer_email");
  }
}

TEST_CASE("texts are at most a kibibyte and have no control characters") {
  CHECK(decoded(with_member(R"("customer_name":")" + std::string(1024, 'a') + "\"")).who.name.size() == 1024);
  check_error(with_member(R"("customer_name":")" + std::string(1025, 'a') + "\""), "/customer_name");
  check_error(with_member(R"("customer_name":"a\nb")"), "/customer_name");
  check_error(with_member(R"("customer_name":7)"), "/customer_name");
  check_error(with_member(R"("batch_id":7)"), "/batch_id");
}

TEST_CASE("a payment method is one that the gateway knows") {
  check_error(with_member(R"("payment_method":"gold")"), "/payment_method");
  check_error(with_member(R"("payment_method":7)"), "/payment_method");
  check_error(with_member(R"("auto_pay":"no")"), "/auto_pay");
}

TEST_CASE("every mistake is named, up to a number that people read") {
  const auto wrong = refused(R"({"customer_email":"x","items":[{"quantity":0}],"currency":"??"})");
  CHECK(wrong.errors.size() == 5);
  std::string many = "{}";
  for (int i = 1; i < 500; ++i) many += ",{}";
  CHECK(refused(with_item(many)).errors.size() == 20);
}

TEST_CASE("a status is read in any case") {
  const auto status = [](const std::string& body) { return orders_v1::decode_status(body); };
  CHECK(std::get<orders_v1::status_body>(status(R"({"status":"SHIPPED"})")).status == order_status::shipped);
  CHECK(std::get<orders_v1::status_body>(status(R"({"status":"payment_processing","payment_method":"slow"})")).payment_method ==
        "slow");
  CHECK(std::get<problem>(status(R"({"status":"lost"})")).errors[0].pointer == "/status");
  CHECK(std::get<problem>(status(R"({})")).status == 422);
  CHECK(std::get<problem>(status("nonsense")).status == 400);
}

TEST_CASE("an operator's word is complete or refused") {
  const auto settlement = [](const std::string& body) { return orders_v1::decode_resolution(body); };
  const auto yes = std::get<orders_v1::operator_resolution>(
      settlement(R"({"captured":true,"transaction_id":"T1","reason":"bank statement"})"));
  CHECK(yes.transaction == "T1");
  CHECK(yes.what == orders_v1::resolution_target::payment);
  CHECK(std::get<orders_v1::operator_resolution>(settlement(R"({"captured":false,"reason":"gateway says so"})"))
            .transaction.empty());
  CHECK(std::get<orders_v1::operator_resolution>(settlement(R"({"what":"shipment","reason":"carrier says so"})")).what ==
        orders_v1::resolution_target::shipment);
  const auto refund =
      std::get<orders_v1::operator_resolution>(settlement(R"({"what":"refund","refund":2,"returned":true,"reason":"in cash"})"));
  CHECK((refund.what == orders_v1::resolution_target::refund && refund.number == 2 && refund.yes));
  const auto capture = std::get<orders_v1::operator_resolution>(
      settlement(R"({"what":"capture","transaction_id":"T9","held":false,"reason":"same"})"));
  CHECK((capture.what == orders_v1::resolution_target::capture && capture.transaction == "T9" && !capture.yes));
  CHECK(std::get<orders_v1::operator_resolution>(settlement(R"({"what":"matter","number":3,"reason":"seen"})")).number == 3);
  for (const auto* body :
       {R"({"captured":true,"reason":"x"})", R"({"captured":false,"transaction_id":"T","reason":"x"})",
        R"({"captured":true,"transaction_id":"T"})", R"({"reason":"x"})", R"({"what":"shipment","captured":true,"reason":"x"})",
        R"({"what":"refund","returned":true,"reason":"x"})", R"({"what":"refund","refund":1,"reason":"x"})",
        R"({"what":"refund","refund":1,"returned":null,"reason":"x"})",
        R"({"what":"refund","refund":1,"returned":true,"amount":5,"reason":"x"})",
        R"({"what":"capture","held":true,"reason":"x"})", R"({"what":"matter","reason":"x"})",
        R"({"captured":true,"transaction_id":null,"reason":"x"})", R"({"what":"tea","captured":false,"reason":"x"})",
        R"({"captured":false,"reason":"x","force":true})", R"({"captured":false,"reason":"  "})",
        R"({"captured":false,"reason":"\u3000"})"}) {
    INFO(body);
    const auto wrong = settlement(body);
    REQUIRE(std::holds_alternative<problem>(wrong));
    CHECK(std::get<problem>(wrong).status == 422);
  }
}

TEST_CASE("an order's number is read in every spelling") {
  CHECK(parse_order_id("456") == order_id{456});
  CHECK(parse_order_id("ORD000456") == order_id{456});
  CHECK(parse_order_id("ORD1234567") == order_id{1234567});
  CHECK(parse_order_id("9223372036854775807") == order_id{INT64_MAX});
  for (const auto* text :
       {"", "0", "-1", "ORD456", "ORD", "ord000456", "4 5", "456x", "9223372036854775808", "ORD-00456", "+456", "1.0"}) {
    INFO(text);
    CHECK_FALSE(parse_order_id(text));
  }
}

TEST_CASE("payments and refunds name their order in either way") {
  const auto pay = orders_v1::decode_payment(R"({"order_id":7,"amount":179600.0,"currency":"JPY"})", orders_v1::api_settings{});
  CHECK(std::get<orders_v1::payment_body>(pay).order == order_id{7});
  CHECK(std::get<orders_v1::payment_body>(pay).amount == 179600);
  CHECK(std::get<orders_v1::refund_body>(orders_v1::decode_refund(R"({"payment_id":7})")).order == order_id{7});
  CHECK(std::get<orders_v1::refund_body>(orders_v1::decode_refund(R"({"order_id":"ORD000007","amount":5})")).amount->text == "5");
  CHECK(std::get<problem>(orders_v1::decode_refund("{}")).errors[0].pointer == "/order_id");
  const auto mistake = [](const char* body) { return std::get<problem>(orders_v1::decode_refund(body)).errors.at(0).pointer; };
  CHECK(mistake(R"({"order_id":7,"amount":null})") == "/amount");
  CHECK(mistake(R"({"order_id":7,"ammount":5})") == "/ammount");
  CHECK(mistake(R"({"order_id":7,"Amount":5})") == "/Amount");
  CHECK(mistake(R"({"order_id":7,"currency":null})") == "/currency");
  CHECK(mistake(R"({"order_id":7,"payment_id":null})") == "/payment_id");
  CHECK(std::get<problem>(orders_v1::decode_refund(R"({"order_id":7,"payment_id":8})")).status == 422);
  CHECK(std::get<problem>(orders_v1::decode_payment(R"({"amount":1})", orders_v1::api_settings{})).errors[0].pointer ==
        "/order_id");
}

TEST_CASE("a payment service has words of its own for methods, the sandbox knows only its own") {
  const std::string body = R"({"status":"payment_processing","payment_method":"pm_card_visa"})";
  CHECK(std::holds_alternative<problem>(orders_v1::decode_status(body)));
  orders_v1::api_settings remote;
  remote.any_payment_method = true;
  const auto decoded = orders_v1::decode_status(body, remote);
  REQUIRE(std::holds_alternative<orders_v1::status_body>(decoded));
  CHECK(std::get<orders_v1::status_body>(decoded).payment_method == "pm_card_visa");
}
