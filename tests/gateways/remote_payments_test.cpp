// The client of a remote payment service against every kind of answer: only a whole payment of the order that names the
// attempt is believed.
#include "gateways/remote_payments.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/gateways/outside.hpp"
#include "tests/gateways/scripted_server.hpp"

using namespace orderflow;
using namespace orderflow::testing;
using namespace std::chrono_literals;

namespace {

constexpr auto longest_wait = 10s;
const std::string key = "charge/7/2";

struct service {
  explicit service(scripted_server::script replies, bool honours_keys = false, milliseconds timeout = 5s)
      : server(std::move(replies)),
        payments({server.url(), secret{std::string{"s3cret-token"}}, timeout, honours_keys}, client) {}
  explicit service(scripted_reply always) : service([always](const heard_request&) { return always; }) {}

  charge_answer charge() {
    return answer_to<charge_answer>([&](auto heard) { payments.charge({key, {7}, 10'050, usd, "ok"}, heard); });
  }
  charge_answer query() {
    return answer_to<charge_answer>([&](auto heard) { payments.query(key, {7}, heard); });
  }
  refund_answer refund(bool again, minor_units settled_from = 500) {
    return answer_to<refund_answer>([&](auto heard) {
      payments.refund({"refund/7/1", {7}, 500, usd, again, settled_from}, heard);
    });
  }

  template <class Answer, class Call>
  Answer answer_to(Call call) {
    auto box = std::make_shared<inbox<Answer>>();
    call([box](Answer answer) { box->put(std::move(answer)); });
    REQUIRE(box->wait_for(1, longest_wait));
    return box->all().front();
  }

  scripted_server server;
  http_client client;
  remote_payments payments;
};

/// A payment of order 7 with these attempts, as the document's names say it.
std::string payment(const std::string& attempts, const std::string& more = {}) {
  return R"({"id":7,"order_id":7,"amount":100.5,"currency":"USD","status":"completed","transaction_id":702,"refunded_amount":0.0)" +
         more + R"(,"attempts":[)" + attempts + "]}";
}

const std::string first_declined = R"({"n":1,"status":"failed","reason":"declined","at":"2025-12-01T10:00:00Z"},)";
const std::string second_captured = R"({"n":2,"status":"completed","reason":null,"at":"2025-12-01T10:00:01Z"})";

}  // namespace

TEST_CASE("a charge is sent as the document says it, with its key and the token") {
  service to{json_reply(201, payment(first_declined + second_captured))};
  to.charge();
  const auto heard = to.server.heard();
  REQUIRE(heard.size() == 1);
  CHECK(heard[0].method + " " + heard[0].target == "POST /api/v1/payments");
  CHECK(heard[0].headers.at("idempotency-key") == key);
  CHECK(heard[0].headers.at("authorization") == "Bearer s3cret-token");
  CHECK(heard[0].body == R"({"order_id":7,"amount":100.5,"currency":"USD","payment_method":"ok"})");
}

TEST_CASE("a capture is believed with its amount, currency and transaction") {
  for (const int status : {200, 201, 202}) {
    service to{json_reply(status, payment(first_declined + second_captured))};
    for (const auto& answer : {to.charge(), to.query()}) {
      CHECK(answer.key == key);
      CHECK(answer.status == charge_status::captured);
      CHECK(answer.amount == 10'050);
      CHECK(answer.money == usd);
      CHECK(answer.transaction == "702");
    }
  }
}

TEST_CASE("an attempt's own amount and transaction count more than the payment's") {
  service to{json_reply(200, payment(R"({"n":2,"status":"completed","amount":99.99,"transaction_id":"T-1"})"))};
  CHECK(to.query().amount == 9'999);
  CHECK(to.query().transaction == "T-1");
}

TEST_CASE("a refunded payment was captured") {
  service to{json_reply(200, payment(R"({"n":2,"status":"refunded"})"))};
  CHECK(to.query().status == charge_status::captured);
}

TEST_CASE("a decline is believed when it names the attempt, whatever the status of the reply is") {
  for (const int status : {200, 201, 402, 422}) {
    service to{json_reply(status, payment(R"({"n":2,"status":"failed","reason":"insufficient_funds"})"))};
    CHECK(to.charge().status == charge_status::declined);
    CHECK(to.charge().reason == "insufficient_funds");
  }
}

TEST_CASE("a service that tells keys is held to them, not to its numbers") {
  service to{json_reply(200, payment(R"({"n":2,"status":"failed","idempotency_key":"charge/7/1"},)"
                                     R"({"n":9,"status":"completed","idempotency_key":"charge/7/2"})"))};
  CHECK(to.query().status == charge_status::captured);
  service other{json_reply(200, payment(R"({"n":2,"status":"failed","idempotency_key":"charge/7/1"})"))};
  CHECK(other.query().status == charge_status::not_found);
}

TEST_CASE("what is in progress is asked for again") {
  for (const std::string word : {"processing", "unknown"}) {
    service to{json_reply(202, payment(R"({"n":2,"status":")" + word + "\"}"))};
    CHECK(to.charge().status == charge_status::in_progress);
    CHECK(to.query().status == charge_status::in_progress);
  }
}

TEST_CASE("a question finds nothing where the service has no payment, or not this attempt") {
  service none{json_reply(404, R"({"detail":"Payment not found"})")};
  CHECK(none.query().status == charge_status::not_found);
  service other{json_reply(200, payment(R"({"n":1,"status":"failed","reason":"declined"})"))};
  CHECK(other.query().status == charge_status::not_found);
}

TEST_CASE("an answer that is no word about the attempt leaves the outcome unknown") {
  const auto right = payment(first_declined + second_captured);
  const auto with = [&](const std::string& from, const std::string& to) {
    auto text = right;
    const auto at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
  };
  const std::vector<scripted_reply> replies{
      json_reply(500, right),
      json_reply(503, "{}"),
      json_reply(502, "<html>Bad gateway</html>"),
      json_reply(200, ""),
      json_reply(200, "<html>Welcome to the hotel</html>"),
      json_reply(200, "[]"),
      json_reply(200, right.substr(0, right.size() - 1)),
      json_reply(402, R"({"detail":"insufficient funds"})"),
      json_reply(422, R"({"status":"failed","reason":"declined"})"),
      json_reply(307, ""),
      json_reply(200, with(R"("order_id":7)", R"("order_id":8)")),
      json_reply(200, with(R"("order_id":7)", R"("order_id":"7.0")")),
      json_reply(200, with(R"("amount":100.5)", R"("amount":"100.5")")),
      json_reply(200, with(R"("amount":100.5)", R"("amount":100.505)")),
      json_reply(200, with(R"("amount":100.5)", R"("amount":-100.5)")),
      json_reply(200, with(R"("amount":100.5)", R"("amount":1e2)")),
      json_reply(200, with(R"("amount":100.5,)", "")),
      json_reply(200, with(R"("currency":"USD")", R"("currency":"XYZ")")),
      json_reply(200, with(R"("status":"completed","reason":null)", R"("status":"done","reason":null)")),
      json_reply(200, with(R"("transaction_id":702)", R"("transaction_id":null)")),
      json_reply(200, with(R"("transaction_id":702)", R"("transaction_id":"7\n02")")),
      {"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + right, true},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\n" + right.substr(0, 16), true},
      closed_without_reply(),
  };
  for (const auto& reply : replies) {
    INFO(reply.bytes);
    service to{reply};
    CHECK(to.charge().status == charge_status::failed);
    CHECK(to.query().status == charge_status::failed);
    CHECK_FALSE(to.charge().reason.empty());
    CHECK_FALSE(to.charge().unsent);
  }
}

TEST_CASE("a reply to the charge that does not name the attempt leaves the outcome unknown") {
  service none{json_reply(404, R"({"detail":"no such path"})")};
  CHECK(none.charge().status == charge_status::failed);
  service other{json_reply(201, payment(R"({"n":1,"status":"completed"})"))};
  CHECK(other.charge().status == charge_status::failed);
}

TEST_CASE("a service that says nothing is left when the time is up") {
  service to{[](const heard_request&) { return no_reply(); }, false, 300ms};
  CHECK(to.charge().status == charge_status::failed);
  CHECK(to.query().status == charge_status::failed);
}

TEST_CASE("the token stands in no reason that is told") {
  service to{[](const heard_request&) { return no_reply(); }, false, 300ms};
  CHECK(to.charge().reason.find("s3cret") == std::string::npos);
  service refuses{json_reply(401, R"({"detail":"s3cret-token is wrong"})")};
  CHECK(refuses.charge().reason.find("s3cret") == std::string::npos);
}

TEST_CASE("without honoured keys a charge is never sent twice, even when a kept connection dies under it") {
  service to{[](const heard_request& asked) { return asked.method == "GET" ? json_reply(404, "{}") : closed_without_reply(); }};
  to.query();
  CHECK(to.charge().status == charge_status::failed);
  size_t charges = 0;
  for (const auto& one : to.server.heard()) charges += one.method == "POST" ? 1 : 0;
  CHECK(charges == 1);
}

TEST_CASE("a refund is settled by the key that the service lists, or by its cumulative figure") {
  service listed{json_reply(
      200, payment(second_captured, R"(,"refunds":[{"id":1,"amount":5.0,"status":"settled","idempotency_key":"refund/7/1"}])"))};
  CHECK(listed.refund(false).status == refund_answer_status::settled);
  const auto body = R"({"order_id":7,"amount":5.0,"currency":"USD"})";
  REQUIRE(listed.server.heard().size() == 1);
  CHECK(listed.server.heard()[0].method + " " + listed.server.heard()[0].target == "POST /api/v1/payments/refund");
  CHECK(listed.server.heard()[0].headers.at("idempotency-key") == "refund/7/1");
  CHECK(listed.server.heard()[0].body == body);

  auto returned = payment(second_captured);
  returned.replace(returned.find(R"("refunded_amount":0.0)"), 21, R"("refunded_amount":5.0)");
  service summed{json_reply(200, returned)};
  CHECK(summed.refund(false, 500).status == refund_answer_status::settled);
  CHECK(summed.refund(false, 500).cumulative == 500);
  CHECK(summed.refund(false, 501).status == refund_answer_status::failed);
}

TEST_CASE("a refund is refused only by an answer that names it") {
  service named{json_reply(
      409, payment(second_captured, R"(,"refunds":[{"id":1,"amount":5.0,"status":"refused","idempotency_key":"refund/7/1"}])"))};
  CHECK(named.refund(false).status == refund_answer_status::refused);
  service vague{json_reply(409, R"({"detail":"more than captured"})")};
  CHECK(vague.refund(false).status == refund_answer_status::failed);
}

TEST_CASE("a refusal carries how much has gone back in all, in its own reply or when the service is asked") {
  auto returned = payment(second_captured);
  returned.replace(returned.find(R"("refunded_amount":0.0)"), 21, R"("refunded_amount":0.3)");
  for (const uint16_t status : {uint16_t{409}, uint16_t{422}}) {
    service told{json_reply(status, returned)};
    const auto answer = told.refund(false);
    CHECK(answer.status == refund_answer_status::refused);
    CHECK(answer.cumulative == 30);
    CHECK(told.server.heard().size() == 1);
    service asked{[&](const heard_request& request) {
      return request.method == "GET" ? json_reply(200, returned) : json_reply(status, R"({"detail":"more than captured"})");
    }};
    const auto found = asked.refund(false);
    CHECK(found.status == refund_answer_status::refused);
    CHECK(found.cumulative == 30);
    CHECK(asked.server.heard().size() == 2);
  }
  // Another status may be about the way to the service, and a service that cannot be asked has refused nothing for sure.
  for (const uint16_t status : {uint16_t{400}, uint16_t{401}, uint16_t{404}, uint16_t{429}, uint16_t{500}}) {
    service to{json_reply(status, R"({"detail":"no"})")};
    CHECK(to.refund(false).status == refund_answer_status::failed);
  }
}

TEST_CASE("a refund that is turned away is not made, whatever others have returned") {
  auto returned = payment(second_captured, R"(,"refunds":[{"id":1,"amount":5.0,"status":"settled"}])");
  returned.replace(returned.find(R"("refunded_amount":0.0)"), 21, R"("refunded_amount":5.0)");
  for (const bool honoured : {false, true})
    for (const uint16_t status : {uint16_t{409}, uint16_t{422}}) {
      service told{[&](const heard_request&) { return json_reply(status, returned); }, honoured};
      CHECK(told.refund(false).status == refund_answer_status::refused);
      CHECK(told.refund(false).cumulative == 500);
      service asked{[&](const heard_request& request) {
                      return request.method == "GET" ? json_reply(200, returned) : json_reply(status, R"({"detail":"no"})");
                    },
                    honoured};
      CHECK(asked.refund(false).status == refund_answer_status::refused);
    }
  for (const uint16_t status : {uint16_t{400}, uint16_t{403}, uint16_t{404}, uint16_t{429}}) {
    service to{json_reply(status, returned)};
    const auto answer = to.refund(false);
    CHECK(answer.status == refund_answer_status::failed);
    CHECK(answer.unsent);
    CHECK(answer.cumulative == 0);
  }
  for (const uint16_t status : {uint16_t{408}, uint16_t{500}}) {
    service to{json_reply(status, R"({"detail":"no"})")};
    CHECK(to.refund(false).status == refund_answer_status::failed);
    CHECK_FALSE(to.refund(false).unsent);
  }
}

TEST_CASE("where keys are honoured a sum is no word about our refund: it is sent again with its key") {
  auto returned = payment(second_captured, R"(,"refunds":[{"id":1,"amount":5.0,"status":"settled"}])");
  returned.replace(returned.find(R"("refunded_amount":0.0)"), 21, R"("refunded_amount":5.0)");
  service to{[&](const heard_request& asked) { return json_reply(asked.method == "GET" ? 200 : 422, returned); }, true};
  CHECK(to.refund(true).status == refund_answer_status::refused);
  CHECK(to.server.heard().size() == 2);
}

TEST_CASE("a refund that is not shown comes with what has gone back without it") {
  auto returned = payment(second_captured, R"(,"refunds":[{"id":1,"amount":3.0,"status":"settled","idempotency_key":"other"}])");
  returned.replace(returned.find(R"("refunded_amount":0.0)"), 21, R"("refunded_amount":5.0)");
  service keyed{json_reply(200, returned)};
  CHECK(keyed.refund(true).status == refund_answer_status::not_shown);
  CHECK(keyed.refund(true).cumulative == 500);
  service busy{json_reply(
      200, payment(second_captured, R"(,"refunds":[{"id":1,"amount":5.0,"status":"started","idempotency_key":"refund/7/1"}])"))};
  CHECK(busy.refund(true).status == refund_answer_status::in_progress);
  CHECK(busy.refund(true).cumulative == 0);
  service unknown{json_reply(404, "{}")};
  CHECK(unknown.refund(true).status == refund_answer_status::not_shown);
  service away{json_reply(503, "{}")};
  CHECK(away.refund(true).status == refund_answer_status::failed);
}

TEST_CASE("a refund that the service still works on is not refused") {
  service busy{json_reply(
      409, payment(second_captured, R"(,"refunds":[{"id":1,"amount":5.0,"status":"started","idempotency_key":"refund/7/1"}])"))};
  CHECK(busy.refund(false).status == refund_answer_status::in_progress);
}

TEST_CASE("a refund that may have been sent is asked for first, and sent again only where keys are honoured") {
  const auto script = [](const heard_request& asked) {
    if (asked.method == "GET") return json_reply(200, payment(second_captured));
    return json_reply(
        200, payment(second_captured, R"(,"refunds":[{"id":1,"amount":5.0,"status":"settled","idempotency_key":"refund/7/1"}])"));
  };
  service careful{script, false};
  CHECK(careful.refund(true).status == refund_answer_status::not_shown);
  REQUIRE(careful.server.heard().size() == 1);
  CHECK(careful.server.heard()[0].target == "/api/v1/payments/order/7");

  service keyed{script, true};
  CHECK(keyed.refund(true).status == refund_answer_status::settled);
  REQUIRE(keyed.server.heard().size() == 2);
  CHECK(keyed.server.heard()[1].method == "POST");
}

TEST_CASE("what went back so far is the service's cumulative figure, nothing where there is no payment") {
  auto returned = payment(second_captured);
  returned.replace(returned.find(R"("refunded_amount":0.0)"), 21, R"("refunded_amount":5.0)");
  const auto ask = [](service& to) { return to.answer_to<refund_answer>([&](auto heard) { to.payments.refunded({7}, heard); }); };
  service some{json_reply(200, returned)};
  CHECK(ask(some).status == refund_answer_status::told);
  CHECK(ask(some).money == usd);
  CHECK(ask(some).cumulative == 500);
  service none{json_reply(404, "{}")};
  CHECK(ask(none).status == refund_answer_status::told);
  CHECK(ask(none).cumulative == 0);
  for (const auto& reply : {json_reply(500, returned), json_reply(200, "{}"), closed_without_reply()}) {
    service broken{reply};
    CHECK(ask(broken).status == refund_answer_status::failed);
  }
}

TEST_CASE("card details never leave for a service that takes only methods") {
  service to{json_reply(200, "{}")};
  const auto stored = to.answer_to<card_answer>([&](auto heard) { to.payments.store_card({}, heard); });
  CHECK(stored.status == card_status::refused);
  CHECK(stored.reason == "card_details_not_taken");
  const auto method = to.answer_to<card_answer>([&](auto heard) { to.payments.method_of("7", heard); });
  CHECK(method.status == card_status::refused);
  CHECK(to.server.heard().empty());
}
