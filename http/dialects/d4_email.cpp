// DD-ORDER-001 §6.2: what the document's notification service offers. Clients name a template, they never send the text.
#include "codec/notice_words.hpp"
#include "codec/order_json.hpp"
#include "domain/order/notice_text.hpp"
#include "http/dialects/d4.hpp"
#include "http/dialects/notices.hpp"

namespace orderflow {

namespace {

constexpr std::string_view email_route = "/api/v1/notifications/email";

struct email_wish {
  order_id order;
  notice_kind kind{};
  std::string_view word;
  std::string recipient;
};

std::variant<email_wish, problem> decode(std::string_view body) {
  auto object = read_object(body);
  if (auto* wrong = std::get_if<problem>(&object)) return std::move(*wrong);
  std::vector<field_error> errors;
  field_reader read{std::get<json_value>(object), {}, errors};
  email_wish wish;
  const auto word = read.text("template", presence::required);
  if (const auto kind = parse_template(word)) {
    wish.kind = *kind;
    wish.word = template_word(*kind);
  }
  if (wish.word.empty() && !word.empty())
    read.wrong(
        "template",
        "must be one of ORDER_CONFIRMATION, ORDER_SHIPPED, ORDER_CANCELLED, ORDER_TIMEOUT_ALERT, PAYMENT_FAILED, REFUNDED, "
        "PAYMENT_REMINDER");
  wish.order = read.order("order_id", presence::required).value_or(order_id{});
  wish.recipient = read.text("to", presence::optional);
  if (!wish.recipient.empty() && !is_plausible_email(wish.recipient)) read.wrong("to", "must be an email address");
  if (!errors.empty()) return invalid(std::move(errors));
  return wish;
}

problem not_true(const email_wish& wish, const order& now) {
  return event_has_not_happened(std::string{wish.word} + " does not fit: the order is " + std::string{to_string(now.status)},
                                may_become_true_of(now, wish.kind));
}

reply sent(const email_wish& wish, const std::string& recipient) {
  reply made;
  json_writer out{made.body};
  out.begin_object();
  out.key("status").string("sent");
  out.key("template").string(wish.word);
  out.key("order_id").integer(wish.order.value);
  out.key("to").string(recipient);
  out.end_object();
  return made;
}

void queue(d4_dialect& with, const request& asked, const responder& to, const email_wish& wish, const order& now,
           const std::string& recipient) {
  if (recipient.empty()) return to(problem_json(invalid({{"/to", "is needed: the order has no email address"}}), asked.id));
  auto text = write_notice(wish.kind, now);
  free_notice notice;
  notice.user = now.who.id;
  notice.channel = "email";
  notice.recipient = recipient;
  notice.subject = std::move(text.subject);
  notice.text = std::move(text.body);
  notice.order = now.id;
  queue_notice(with.on, asked, email_route, std::move(notice),
               [&asked, to, wish, recipient](const std::optional<problem>& wrong) {
                 to(wrong ? problem_json(*wrong, asked.id) : sent(wish, recipient));
               });
}

/// To whom: given, else the order's own address, else what is known of its customer.
void send(d4_dialect& with, const request& asked, const responder& to, const email_wish& wish) {
  look_at(with.on, asked, wish.order, version_condition_of(asked), [&with, &asked, to, wish](order_outcome outcome) {
    if (const auto* wrong = std::get_if<problem>(&outcome)) return to(problem_json(*wrong, asked.id));
    const auto now = std::get<order_reply>(outcome).now;
    if (!is_true_of(*now, wish.kind)) return to(problem_json(not_true(wish, *now), asked.id));
    const auto& given = wish.recipient.empty() ? now->who.email : wish.recipient;
    if (!given.empty()) return queue(with, asked, to, wish, *now, given);
    const auto& user = customer_of(*now);
    with.on.bridge.find_recipient(now->source.tenant, user, "email",
                                  [&with, &asked, to, wish, now](std::variant<std::string, world_error> found) {
                                    if (const auto* failed = std::get_if<world_error>(&found))
                                      return to(problem_json(problem_of(*failed), asked.id));
                                    queue(with, asked, to, wish, *now, std::get<std::string>(found));
                                  });
  });
}

}  // namespace

void d4_send_email(d4_dialect& with, const request& asked, const responder& to) {
  auto decoded = decode(asked.body);
  if (auto* wrong = std::get_if<problem>(&decoded)) return to(problem_json(*wrong, asked.id));
  auto wish = std::get<email_wish>(std::move(decoded));
  find_earlier_notice(with.on, asked, email_route, [&with, &asked, to, wish = std::move(wish)](const earlier_notice& earlier) {
    if (const auto* wrong = std::get_if<problem>(&earlier)) return to(problem_json(*wrong, asked.id));
    const auto& first = std::get<std::optional<notice_row>>(earlier);
    first ? to(sent(wish, first->recipient)) : send(with, asked, to, wish);
  });
}

}  // namespace orderflow
