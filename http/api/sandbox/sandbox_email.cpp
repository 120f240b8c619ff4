// DD-ORDER-001 §6.2 by the sandbox: every message goes into its mailbox.
#include "codec/json.hpp"
#include "codec/message_words.hpp"
#include "http/api/common/reading.hpp"
#include "http/api/sandbox/sandbox_service.hpp"

namespace orderflow {

namespace {

struct wanted_mail {
  outgoing_message message;
  std::string word;  ///< Of the template.
};

std::variant<wanted_mail, problem> decode(const request& req) {
  auto parsed = read_object(req.body);
  if (auto* wrong = std::get_if<problem>(&parsed)) return std::move(*wrong);
  std::vector<field_error> errors;
  field_reader from{std::get<json_value>(parsed), {}, errors};
  wanted_mail mail;
  auto& to = mail.message;
  mail.word = from.text("template", presence::optional);
  to.kind = parse_template(mail.word);
  if (!mail.word.empty() && !to.kind) from.wrong("template", "is not a template that is known here");
  to.order = from.order("order_id", mail.word.empty() ? presence::optional : presence::required).value_or(order_id{});
  to.recipient = from.text("to", presence::required);
  to.channel = from.text("channel", presence::optional);
  if (to.channel.empty()) to.channel = "email";
  if (to.channel == "email" && !to.recipient.empty() && !is_plausible_email(to.recipient))
    from.wrong("to", "must be an e-mail address");
  to.subject = from.text("subject", presence::optional);
  if (to.subject.empty()) to.subject = mail.word;
  // Longer than other fields, and with line breaks.
  const auto* text = std::get<json_value>(parsed).find("text");
  if (text != nullptr && text->is == json_value::kind::string) to.text = text->text;
  to.id = req.headers.idempotency_key.empty() ? req.id : std::string{req.headers.idempotency_key};
  if (!errors.empty()) return invalid(std::move(errors));
  return mail;
}

reply taken(const wanted_mail& mail) {
  reply made;
  json_writer out{made.body};
  out.begin_object();
  out.key("status").string("sent");
  if (!mail.word.empty()) out.key("template").string(mail.word);
  if (mail.message.order.value != 0) out.key("order_id").integer(mail.message.order.value);
  out.key("to").string(mail.message.recipient);
  out.end_object();
  return made;
}

}  // namespace

void sandbox_email(sandbox_service& service, const request& req, const responder& to) {
  auto decoded = decode(req);
  if (const auto* wrong = std::get_if<problem>(&decoded)) return to(problem_json(*wrong, req.id));
  const auto& mail = std::get<wanted_mail>(decoded);
  if (service.mailed.contains(mail.message.id)) return to(taken(mail));
  if (!service.world.mailbox().deliver(mail.message).empty())
    return to(problem_json(problem_of(failure{errc::store_unavailable, {}}), req.id));
  service.mailed.insert(mail.message.id);
  to(taken(mail));
}

}  // namespace orderflow
