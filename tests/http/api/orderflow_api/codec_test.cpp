// The words of OrderFlowAPI; the whole exchanges are the golden files.
#include "http/api/orderflow_api/codec.hpp"

#include <catch2/catch_test_macros.hpp>

#include "http/api/common/id_json.hpp"

using namespace orderflow;

namespace {

template <class T>
T read(std::variant<T, problem> decoded) {
  REQUIRE(std::holds_alternative<T>(decoded));
  return std::get<T>(std::move(decoded));
}

/// 2 × 50 and 1 × 100 USD with 18 % of the total.
order cart_456() {
  order now;
  now.id = order_id{456};
  now.version = 1;
  now.who.id = "8080";
  now.money = *find_currency("USD");
  now.lines = {{product_id{"1234"}, "lamp", 2, 5'000, true}, {product_id{"2345"}, "phones", 1, 10'000, true}};
  now.total = 20'000;
  now.tax = 3'600;
  return now;
}

orderflow_api::invoice_body invoice(const std::string& amounts, const std::string& items, const std::string& currency = "USD") {
  return read(orderflow_api::decode_invoice(R"({"customerId":8080,"orderId":"ORD000456",)" + amounts + R"(,"currency":")" +
                                            currency + R"(","items":[)" + items +
                                            R"(],"name":"Lital Hay","shipping_address":"17 boulevard"})"));
}

const std::string right_amounts = R"("tax":36.0,"subTotalAmount":164.0,"totalAmount":200.0)";
const std::string right_items = R"({"productId":"2","quantity":1,"price":100.00},{"productId":"1","quantity":2,"price":50})";

}  // namespace

TEST_CASE("a cart is read with its prices as they were sent") {
  const auto cart =
      read(orderflow_api::decode_cart(R"({"customerId":8080,"items":[{"productId":1234,"quantity":2,"price":50.0}]})"));
  CHECK(cart.customer == "8080");
  CHECK(cart.items.at(0).product.value == "1234");
  CHECK(cart.items.at(0).price.text == "50.0");
  CHECK_FALSE(cart.order);
  const auto lines = read(orderflow_api::order_lines_of(cart.items, *find_currency("USD")));
  CHECK(lines.at(0).unit_price == 5'000);
  CHECK(
      orderflow_api::cart_json(cart_456(), cart.items) ==
      R"({"orderId":"456","tax":36.0,"subTotalAmount":164.0,"totalAmount":200.0,"items":[{"productId":"1234","quantity":2,"price":50.0}],"status":"pending"})");
}

TEST_CASE("what a cart must not be is told with its place") {
  for (const char* body : {R"({"items":[{"productId":"1","quantity":1,"price":1}]})", R"({"customerId":"1","items":[]})",
                           R"({"customerId":"1","items":[{"productId":"1","quantity":0,"price":1}]})",
                           R"({"customerId":"1","items":[{"productId":"1","quantity":1.0,"price":1}]})",
                           R"({"customerId":"1","items":[{"productId":"1","quantity":1,"price":"1"}]})",
                           R"({"customerId":"1","items":[{"quantity":1,"price":1}]})", R"([])", "{"}) {
    INFO(body);
    CHECK(std::holds_alternative<problem>(orderflow_api::decode_cart(body)));
  }
  const auto cart =
      read(orderflow_api::decode_cart(R"({"customerId":"1","items":[{"productId":"1","quantity":1,"price":1.001}]})"));
  const auto lines = orderflow_api::order_lines_of(cart.items, *find_currency("USD"));
  REQUIRE(std::holds_alternative<problem>(lines));
  CHECK(std::get<problem>(lines).errors.at(0).pointer == "/items/0/price");
}

TEST_CASE("an invoice has the order's amounts and, in any order, the quantities and prices of its lines") {
  CHECK_FALSE(orderflow_api::check_invoice(invoice(right_amounts, right_items), cart_456()));
  const auto wrong = [](const orderflow_api::invoice_body& said) {
    const auto found = orderflow_api::check_invoice(said, cart_456());
    REQUIRE(found);
    CHECK(found->status == 422);
    return found->errors.at(0).pointer;
  };
  CHECK(wrong(invoice(R"("tax":36.01,"subTotalAmount":164.0,"totalAmount":200.0)", right_items)) == "/tax");
  CHECK(wrong(invoice(R"("tax":36.0,"subTotalAmount":165.0,"totalAmount":200.0)", right_items)) == "/subTotalAmount");
  CHECK(wrong(invoice(R"("tax":36.0,"subTotalAmount":164.0,"totalAmount":200.001)", right_items)) == "/totalAmount");
  CHECK(wrong(invoice(right_amounts, right_items, "EUR")) == "/currency");
  CHECK(wrong(invoice(right_amounts, R"({"productId":"1","quantity":2,"price":50})")) == "/items");
  CHECK(wrong(invoice(right_amounts,
                      R"({"productId":"1","quantity":4,"price":50},{"productId":"2","quantity":1,"price":100})")) == "/items");
}

TEST_CASE("a body with an event is a mail, one without is a shipment") {
  const auto mail =
      orderflow_api::decode_shipping(R"({"event":"InvoiceCreated","name":"Lital Hay","email":"lital.naory@gmail.com"})");
  REQUIRE(std::holds_alternative<orderflow_api::mail_body>(mail));
  CHECK(std::get<orderflow_api::mail_body>(mail).event == "InvoiceCreated");
  const auto shipment =
      orderflow_api::decode_shipping(R"({"orderId":"456","name":"Lital Hay","phone":"054","shipping_address":"17 boulevard"})");
  REQUIRE(std::holds_alternative<orderflow_api::shipment_body>(shipment));
  CHECK(std::get<orderflow_api::shipment_body>(shipment).to == customer{"", "", "Lital Hay", "054", "17 boulevard"});
  for (const char* body : {R"({"event":"CartUpdated","email":"a@b.example"})", R"({"event":"OrderShipped","email":"nobody"})",
                           R"({"orderId":"456"})"})
    CHECK(std::holds_alternative<problem>(orderflow_api::decode_shipping(body)));
}

TEST_CASE("a payment is written as the document shows it") {
  auto now = cart_456();
  payment_attempt attempt;
  attempt.started_at = from_ms(1'697'108'726'999);
  attempt.settled_at = from_ms(1'697'108'727'001);
  now.attempts = {attempt};
  const stored_method card{"ok", "Bob", "Norman", "424242", "4242", "visa", 9, 2024};
  CHECK(
      orderflow_api::payment_json(now, card, "8080") ==
      R"({"transactionId":45601,"credit_card":{"first_name":"Bob","last_name":"Norman","first_digits":"424242","last_digits":"4242",)"
      R"("brand":"visa","expiry_month":9,"expiry_year":2024,"customer_id":8080},"payment":{"completed_at":"2023-10-12T11:05:27+00:00",)"
      R"("created_at":"2023-10-12T11:05:26+00:00","currency":"USD","customer_id":8080,"amount":"200.0"}})");
}

TEST_CASE("identifiers are numbers where they are numbers") {
  const auto written = [](std::string_view id) {
    std::string text;
    json_writer out{text};
    write_id(out, id);
    return text;
  };
  CHECK(written("8080") == "8080");
  CHECK(written("0") == "0");
  CHECK(written("007") == R"("007")");
  CHECK(written("ann") == R"("ann")");
  CHECK(written("1234567890123456") == R"("1234567890123456")");
  CHECK(written("") == R"("")");
}

TEST_CASE("errors have the document's form, and what is wrong with a request is 400") {
  const auto made = orderflow_api::problem_reply(invalid({{"/items", "is required"}}), "r1");
  CHECK(made.status == 400);
  CHECK(made.body == R"({"status":"error","code":"request_must_be_valid","message":"/items is required."})");
  CHECK(orderflow_api::problem_reply(problem_of(refusal::order_must_be_paid), "r1").status == 409);
}
