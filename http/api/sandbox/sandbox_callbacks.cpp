#include "http/api/sandbox/sandbox_callbacks.hpp"

#include "base/log.hpp"
#include "codec/json.hpp"
#include "http/auth/signature.hpp"

namespace orderflow {

namespace {

constexpr uint32_t most_tries = 6;
constexpr milliseconds first_pause{500};

std::string body_of(order_id order, const charge_answer& answer) {
  const bool captured = answer.status == charge_status::captured;
  std::string body;
  json_writer out{body};
  out.begin_object();
  out.key("event_id").string(answer.key + (captured ? "/completed" : "/failed"));
  out.key("order_id").integer(order.value);
  out.key("payment_id").integer(order.value);
  if (captured) out.key("transaction_id").string(answer.transaction);
  out.key("idempotency_key").string(answer.key);
  out.key("status").string(captured ? "completed" : "failed");
  if (captured && answer.money) {
    out.key("amount").raw(shortest_text(answer.amount, *answer.money));
    out.key("currency").string(answer.money->name());
  }
  if (!captured) out.key("reason").string(answer.reason);
  out.end_object();
  return body;
}

bool taken(const http_outcome& outcome) {
  const auto* reply = std::get_if<http_reply>(&outcome);
  return reply != nullptr && reply->status >= 200 && reply->status < 300;
}

}  // namespace

void sandbox_callbacks::tell(order_id order, const charge_answer& answer) {
  send("/api/v1/orders/" + std::to_string(order.value) + "/webhook", body_of(order, answer), 1);
}

void sandbox_callbacks::send(const std::string& path, const std::string& body, uint32_t tries) {
  http_request request;
  request.method = http_method::post;
  request.url = url_ + path;
  request.headers.push_back("X-Signature: " + sign_webhook(body, key_, time_.now()));
  request.body = body;
  over_.send(std::move(request), [this, path, body, tries](const http_outcome& outcome) {
    if (taken(outcome)) return;
    if (tries == most_tries) return log_warn("sandbox-callback-lost", {{"path", path}});
    later_.after(first_pause * (1U << tries), [this, path, body, tries] { send(path, body, tries + 1); });
  });
}

}  // namespace orderflow
