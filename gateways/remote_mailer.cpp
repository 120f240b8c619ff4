#include "gateways/remote_mailer.hpp"

#include <future>

#include "codec/json.hpp"
#include "codec/message_words.hpp"

namespace orderflow {

namespace {

/// The document's fields first; whoever knows only templates needs no more.
std::string body_of(const outgoing_message& message) {
  std::string body;
  json_writer out{body};
  out.begin_object();
  if (message.kind) out.key("template").string(template_word(*message.kind));
  if (message.order.value != 0) out.key("order_id").integer(message.order.value);
  out.key("to").string(message.recipient);
  out.key("channel").string(message.channel);
  out.key("subject").string(message.subject);
  out.key("text").string(message.text);
  out.end_object();
  return body;
}

bool is_success(uint16_t status) { return status >= 200 && status < 300; }

}  // namespace

std::string remote_mailer::deliver(const outgoing_message& message) {
  auto request = request_to(http_method::post, with_.url + "/api/v1/notifications/email", with_.token, with_.timeout);
  request.headers.push_back("Idempotency-Key: " + message.id);
  request.body = body_of(message);
  auto told = std::make_shared<std::promise<http_outcome>>();
  auto outcome = told->get_future();
  over_.send(std::move(request), [told](http_outcome one) { told->set_value(std::move(one)); });
  // The client keeps the time; this is only for one that never gets to it.
  if (outcome.wait_for(with_.timeout + std::chrono::seconds{5}) != std::future_status::ready) return "no answer in time";
  const auto got = outcome.get();
  if (const auto* failure = std::get_if<http_failure>(&got)) return failure->reason;
  const auto status = std::get<http_reply>(got).status;
  return is_success(status) ? std::string{} : "the notification service answered " + std::to_string(status);
}

}  // namespace orderflow
