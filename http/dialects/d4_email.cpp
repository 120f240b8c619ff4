// DD-ORDER-001 §6.2: what the document's notification service offers. Clients name a template, they never send the text.
#include "http/dialects/d4.hpp"

namespace orderflow {

namespace {

struct template_word {
  std::string_view word;
  notice_kind kind;
};

constexpr template_word templates[] = {
    {"ORDER_CONFIRMATION", notice_kind::order_confirmation}, {"ORDER_SHIPPED", notice_kind::order_shipped},
    {"ORDER_CANCELLED", notice_kind::order_cancelled},       {"ORDER_TIMEOUT_ALERT", notice_kind::order_timeout_alert},
    {"PAYMENT_FAILED", notice_kind::payment_failed},         {"REFUNDED", notice_kind::refunded},
};

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
  for (const auto& one : templates) {
    if (one.word != word) continue;
    wish.kind = one.kind;
    wish.word = one.word;
  }
  if (wish.word.empty() && !word.empty())
    read.wrong(
        "template",
        "must be one of ORDER_CONFIRMATION, ORDER_SHIPPED, ORDER_CANCELLED, ORDER_TIMEOUT_ALERT, PAYMENT_FAILED, REFUNDED");
  wish.order = read.order("order_id", presence::required).value_or(order_id{});
  wish.recipient = read.text("to", presence::optional);
  if (!wish.recipient.empty() && !is_plausible_email(wish.recipient)) read.wrong("to", "must be an email address");
  if (!errors.empty()) return invalid(std::move(errors));
  return wish;
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

}  // namespace

void d4_send_email(d4_dialect& with, const request& asked, const responder& to) {
  auto decoded = decode(asked.body);
  if (auto* wrong = std::get_if<problem>(&decoded)) return to(problem_json(*wrong, asked.id));
  auto wish = std::get<email_wish>(std::move(decoded));
  // Without a key every call is a mail of its own; the request's id is unique.
  const auto& given = asked.headers.idempotency_key;
  std::string key = std::string{wish.word} + "/" + (given.empty() ? std::string{asked.id} : "key/" + std::string{given});
  look_at(with.on, asked, wish.order, std::nullopt, [&with, &asked, to, wish, key](order_outcome outcome) {
    if (const auto* wrong = std::get_if<problem>(&outcome)) return to(problem_json(*wrong, asked.id));
    const auto& now = std::get<order_reply>(outcome).now;
    const auto recipient = wish.recipient.empty() ? now->who.email : wish.recipient;
    if (recipient.empty()) return to(problem_json(invalid({{"/to", "is needed: the order has no email address"}}), asked.id));
    with.on.bridge.notify({now, wish.kind, recipient, key}, [&asked, to, wish, recipient](std::variant<bool, world_error> done) {
      if (const auto* failed = std::get_if<world_error>(&done)) return to(problem_json(problem_of(*failed), asked.id));
      if (!std::get<bool>(done))
        return to(problem_json(problem_of(world_error{errc::outcome_unknown, "The mail could not be delivered now; try again."}),
                               asked.id));
      to(sent(wish, recipient));
    });
  });
}

}  // namespace orderflow
