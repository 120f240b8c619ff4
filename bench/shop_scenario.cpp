#include "bench/shop_scenario.hpp"

#include <charconv>
#include <stdexcept>

#include "http/auth/keys.hpp"
#include "http/auth/token.hpp"

namespace orderflow::bench {
namespace {

constexpr std::string_view client = "demo";
constexpr std::string_view amount = "100.50";
constexpr int64_t plenty = 1'000'000'000;
/// Longer than any run.
constexpr milliseconds token_life = std::chrono::hours{24};

shared_keys keys_in(const std::string& directory) {
  if (directory.empty()) throw std::runtime_error{"orders of D0 are signed: name the server's data directory with --data"};
  auto loaded = load_keys(keys_path(directory));
  if (const auto* wrong = std::get_if<key_errors>(&loaded)) throw std::runtime_error{wrong->sentences.front()};
  return std::get<shared_keys>(loaded);
}

std::string items_of(const signed_order& order) {
  std::string text = "[";
  for (const auto& line : order.lines)
    text.append(text.size() > 1 ? "," : "")
        .append(R"({"productId":")")
        .append(line.product)
        .append(R"(","quantity":)")
        .append(std::to_string(line.quantity) + "}");
  return text + "]";
}

/// The text of a member of a flat JSON object without escapes.
std::string_view text_member(std::string_view body, std::string_view name) {
  const std::string start = "\"" + std::string{name} + "\":\"";
  const size_t at = body.find(start);
  if (at == std::string_view::npos) return {};
  const size_t from = at + start.size();
  return body.substr(from, body.find('"', from) - from);
}

}  // namespace

shop_scenario::shop_scenario(const scenario_options& options)
    : host_(options.to.host), run_(options.customer.substr(0, options.customer.find('@'))), stories_(options.connections) {
  const auto keys = keys_in(options.keys_in);
  const auto* signer = keys->client(client);
  const auto token = issue_token({run_, "dev", role::customer, std::string{client}}, *keys, clock_.now(), token_life);
  if (!token || signer == nullptr)
    throw std::runtime_error{keys_path(options.keys_in) + " needs a [[token_key]] and a [[client]] with id = \"demo\""};
  signing_secret_ = signer->bytes;
  order_.user = run_;
  order_.token = *token;
  order_.amount = amount;
  order_.lines = {{"load-d0-a", 2}, {"load-d0-b", 1}};
  terms_.list_headers = "Authorization: Bearer " + *token + "\r\n";
  terms_.listed_total = "100.5";
  terms_.minor_total = "10050";
  terms_.products = {{"load-d0-a", "40.25", "USD", plenty}, {"load-d0-b", "20.00", "USD", plenty}};
  terms_.units = 3;
}

std::string_view shop_scenario::post(std::string_view target, const std::string& body) {
  bytes_.assign("POST ").append(target).append(" HTTP/1.1\r\nHost: ").append(host_);
  bytes_ += "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n";
  return bytes_.append(body);
}

/// The nonce makes the request one of its kind.
std::string shop_scenario::create_body() {
  order_.timestamp = std::to_string(to_ms(clock_.now()) / 1000);
  order_.nonce = run_ + "-" + std::to_string(++number_);
  return R"({"userId":")" + order_.user + R"(","token":")" + order_.token + R"(","signature":")" +
         sign_order(order_, signing_secret_) + R"(","orderAmount":)" + order_.amount + R"(,"timestamp":)" + order_.timestamp +
         R"(,"nonce":")" + order_.nonce + R"(","items":)" + items_of(order_) + "}";
}

std::string_view shop_scenario::next(size_t connection) {
  const story& of = stories_[connection];
  switch (of.now) {
    case step::create: break;
    case step::lock: return post("/api/inventory/lock", R"({"orderId":")" + of.word + R"(","items":)" + items_of(order_) + "}");
    case step::pay:
      return post("/api/payment/process",
                  R"({"orderId":")" + of.word + R"(","userId":")" + order_.user + R"(","paymentAmount":)" + order_.amount +
                      R"(,"paymentMethod":"credit_card","paymentDetails":{"cardNumber":"4111111111111111","expiryDate":"12/99",)"
                      R"("cvv":"123"}})");
  }
  return post("/api/orders/create", create_body());
}

reply_meaning shop_scenario::answered(size_t connection, const framed_reply& reply) {
  story& of = stories_[connection];
  if (is_refusal(reply)) return refused(of, reply);
  if (reply.status != 200) throw_unexpected(reply);
  switch (of.now) {
    case step::create:
      made(of, reply);
      of.now = step::lock;
      return {meaning::goes_on, 0};
    case step::lock:
      if (reply.body.find(R"("locked":true)") == std::string_view::npos) throw_unexpected(reply);
      of.now = step::pay;
      return {meaning::goes_on, 1};
    case step::pay: break;
  }
  if (text_member(reply.body, "paymentStatus") != "completed") throw_unexpected(reply);
  told_[of.order].now = outcome::paid;
  of.now = step::create;
  return {meaning::finished, 2};
}

reply_meaning shop_scenario::refused(story& of, const framed_reply& reply) {
  const auto operation = static_cast<uint8_t>(of.now);
  const meaning what = meaning_of_refusal(reply);
  if (of.now == step::create && what == meaning::unknown) ++untold_;
  if (of.now == step::pay) told_[of.order].now = outcome::uncertain;
  of.now = step::create;
  return {what, operation};
}

void shop_scenario::made(story& of, const framed_reply& reply) {
  of.word = text_member(reply.body, "orderId");
  int64_t id = 0;
  if (of.word.starts_with("ORD")) std::from_chars(of.word.data() + 3, of.word.data() + of.word.size(), id);
  if (id == 0) throw_unexpected(reply);
  of.order = told_.size();
  told_.push_back({id, outcome::pending});
}

}  // namespace orderflow::bench
