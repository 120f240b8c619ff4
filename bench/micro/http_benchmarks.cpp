// A request's way from its bytes to a command, and the reply's way back to bytes: without sockets.
#include <benchmark/benchmark.h>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "codec/order_json.hpp"
#include "domain/order/decide.hpp"
#include "domain/order/evolve.hpp"
#include "http/api/orders_v1/codec.hpp"
#include "http/pipeline/router.hpp"
#include "http/server/head_scan.hpp"
#include "http/server/wire.hpp"

namespace orderflow {
namespace {

constexpr std::string_view body = R"({"customer_email":"tanaka@example.co.jp","customer_name":"田中太郎",)"
                                  R"("items":[{"product_name":"ノートPC","quantity":2,"unit_price":89800.0}],"currency":"JPY"})";

std::string document_request() {
  return "POST /api/v1/orders/ HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nContent-Type: application/json\r\n"
         "Idempotency-Key: 2f1e6a52-93a0-4b52-a1a5-2f5d1c0b7a11\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + std::string{body};
}

/// Routes of the kinds that there are: literal ones, and with values in the middle and at the end.
router shop_routes() {
  constexpr auto everyone = audience::every_role();
  const handler nothing = [](const request&, const responder&) {};
  std::vector<route> table;
  for (const char* path : {"/api/v1/orders/", "/api/v1/orders/{id}", "/api/v1/orders/{id}/status", "/api/v1/orders/{id}/events",
                           "/api/v1/payments", "/api/v1/payments/order/{id}", "/api/orders/create", "/api/inventory/lock",
                           "/api/payment/process", "/metrics", "/readyz", "/livez"}) {
    table.emplace_back(verb::get, path, everyone, nothing);
    table.emplace_back(verb::post, path, everyone, nothing);
  }
  return router{std::move(table)};
}

void parse_and_route(benchmark::State& state) {
  const std::string bytes = document_request();
  const router routes = shop_routes();
  for (auto _ : state) {
    head_scan scan{8 * 1024};
    if (scan.look(bytes) != head_state::complete) return state.SkipWithError("the head is not complete");
    boost::beast::http::request_parser<boost::beast::http::string_body> parser;
    parser.eager(true);
    boost::system::error_code failed;
    parser.put(boost::asio::buffer(bytes), failed);
    request req;
    framing how;
    if (failed || read_head_into(parser.get(), req, how)) return state.SkipWithError("the head is refused");
    const auto found = routes.find(req.method, req.path, req.values);
    if (!std::holds_alternative<const route*>(found)) return state.SkipWithError("the route is not found");
    benchmark::DoNotOptimize(parser.get().body());
  }
}
BENCHMARK(parse_and_route);

void decode_order_of_d4(benchmark::State& state) {
  const orders_v1::api_settings settings;
  for (auto _ : state) benchmark::DoNotOptimize(orders_v1::decode_order(body, settings));
}
BENCHMARK(decode_order_of_d4);

void compose_reply_of_d4(benchmark::State& state) {
  const auto decoded = orders_v1::decode_order(body, orders_v1::api_settings{});
  const auto* place = std::get_if<place_order>(&decoded);
  if (place == nullptr) return state.SkipWithError("the body is refused");
  order now;
  const timestamp at = from_ms(1'764'583'200'000);
  for (auto& event : decide(now, {*place, at}).events) evolve(now, {std::move(event), at});
  const request req;
  std::string out;
  for (auto _ : state) {
    reply made;
    made.status = 201;
    made.body = orders_v1::order_json(now);
    (void)compose(made, req, {"Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n", true, false}, out);
    benchmark::DoNotOptimize(out);
  }
}
BENCHMARK(compose_reply_of_d4);

}  // namespace
}  // namespace orderflow
