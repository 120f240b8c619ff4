// DD-ORDER-001 §6.2: what the document's notification service offers. Clients name a template, they never send the text.
#include "codec/message_words.hpp"
#include "codec/order_json.hpp"
#include "domain/order/message_text.hpp"
#include "http/api/common/client_messages.hpp"
#include "http/api/orders_v1/routes.hpp"

namespace orderflow::orders_v1 {

namespace {

constexpr std::string_view email_route = "/api/v1/notifications/email";

struct email_body {
  order_id order;
  message_kind kind{};
  std::string_view word;
  std::string recipient;
};

std::variant<email_body, problem> decode(std::string_view body) {
  auto object = read_object(body);
  if (auto* wrong = std::get_if<problem>(&object)) return std::move(*wrong);
  std::vector<field_error> errors;
  field_reader read{std::get<json_value>(object), {}, errors};
  email_body input;
  const auto word = read.text("template", presence::required);
  if (const auto kind = parse_template(word)) {
    input.kind = *kind;
    input.word = template_word(*kind);
  }
  if (input.word.empty() && !word.empty())
    read.wrong(
        "template",
        "must be one of ORDER_CONFIRMATION, ORDER_SHIPPED, ORDER_CANCELLED, ORDER_TIMEOUT_ALERT, PAYMENT_FAILED, REFUNDED, "
        "PAYMENT_REMINDER");
  input.order = read.order("order_id", presence::required).value_or(order_id{});
  input.recipient = read.text("to", presence::optional);
  if (!input.recipient.empty() && !is_plausible_email(input.recipient)) read.wrong("to", "must be an email address");
  if (!errors.empty()) return invalid(std::move(errors));
  return input;
}

problem not_true(const email_body& input, const order& now) {
  return event_has_not_happened(std::string{input.word} + " does not fit: the order is " + std::string{to_string(now.status)},
                                may_become_true_of(now, input.kind));
}

reply sent(const email_body& input, const std::string& recipient) {
  reply made;
  json_writer out{made.body};
  out.begin_object();
  out.key("status").string("sent");
  out.key("template").string(input.word);
  out.key("order_id").integer(input.order.value);
  out.key("to").string(recipient);
  out.end_object();
  return made;
}

void queue(dialect& api, const request& req, const responder& to, const email_body& input, const order& now,
           const std::string& recipient) {
  if (recipient.empty()) return to(problem_json(invalid({{"/to", "is needed: the order has no email address"}}), req.id));
  auto text = write_message(input.kind, now);
  requested_message message;
  message.user = now.who.id;
  message.channel = "email";
  message.recipient = recipient;
  message.subject = std::move(text.subject);
  message.text = std::move(text.body);
  message.order = now.id;
  queue_message(api.context, req, email_route, std::move(message),
                [&req, to, input, recipient](const std::optional<problem>& wrong) {
                  to(wrong ? problem_json(*wrong, req.id) : sent(input, recipient));
                });
}

/// To whom: given, else the order's own address, else what is known of its customer.
void send(dialect& api, const request& req, const responder& to, const email_body& input) {
  look_at(api.context, req, input.order, version_condition_of(req), [&api, &req, to, input](order_or_problem outcome) {
    if (const auto* wrong = std::get_if<problem>(&outcome)) return to(problem_json(*wrong, req.id));
    const auto now = std::get<order_reply>(outcome).now;
    if (!is_true_of(*now, input.kind)) return to(problem_json(not_true(input, *now), req.id));
    const auto& given = input.recipient.empty() ? now->who.email : input.recipient;
    if (!given.empty()) return queue(api, req, to, input, *now, given);
    const auto& user = customer_of(*now);
    api.context.bridge.find_recipient(now->source.tenant, user, "email",
                                      [&api, &req, to, input, now](std::variant<std::string, failure> found) {
                                        if (const auto* failed = std::get_if<failure>(&found))
                                          return to(problem_json(problem_of(*failed), req.id));
                                        queue(api, req, to, input, *now, std::get<std::string>(found));
                                      });
  });
}

}  // namespace

void send_email(dialect& api, const request& req, const responder& to) {
  auto decoded = decode(req.body);
  if (auto* wrong = std::get_if<problem>(&decoded)) return to(problem_json(*wrong, req.id));
  auto command = std::get<email_body>(std::move(decoded));
  find_earlier_message(api.context, req, email_route,
                       [&api, &req, to, command = std::move(command)](const earlier_message& earlier) {
                         if (const auto* wrong = std::get_if<problem>(&earlier)) return to(problem_json(*wrong, req.id));
                         const auto& first = std::get<std::optional<message_row>>(earlier);
                         first ? to(sent(command, first->recipient)) : send(api, req, to, command);
                       });
}

}  // namespace orderflow::orders_v1
