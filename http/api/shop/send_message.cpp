// Sending a message, now or later. A customer may only write to itself.
#include "http/api/common/client_messages.hpp"
#include "http/api/shop/routes.hpp"

namespace orderflow::shop {

namespace {

constexpr std::string_view message_route = "/api/notification/send";

problem nobody_known() { return invalid({{"/recipient", "is needed: nobody knows how to reach this user by that channel"}}); }

void queue(dialect& api, const request& req, const responder& to, const message_body& input, std::string recipient) {
  requested_message message;
  message.user = input.user;
  message.channel = input.channel;
  message.recipient = std::move(recipient);
  message.subject = input.subject;
  message.text = input.text;
  message.send_at = input.send_at.value_or(api.context.time.now() + input.delay);
  queue_message(api.context, req, message_route, std::move(message), [&req, to](const std::optional<problem>& wrong) {
    to(wrong ? problem_reply(*wrong, req.id) : message_sent_reply());
  });
}

/// Staff may name whom they like; a customer only what is known of itself, so that nobody can write to strangers in our name.
void choose_recipient(dialect& api, const request& req, const responder& to, const message_body& input, std::string known) {
  const bool staff = req.from.as != role::customer;
  if (!input.recipient.empty() && !staff && input.recipient != known)
    return to(problem_reply(forbidden("recipient_must_be_the_known_one", "A customer may only write to its own known contact."),
                            req.id));
  auto recipient = input.recipient.empty() ? std::move(known) : input.recipient;
  if (recipient.empty()) return to(problem_reply(nobody_known(), req.id));
  queue(api, req, to, input, std::move(recipient));
}

void find_recipient(dialect& api, const request& req, const responder& to, const message_body& input) {
  api.context.bridge.find_recipient(req.from.tenant, input.user, input.channel,
                                    [&api, &req, to, input](std::variant<std::string, failure> known) {
                                      if (const auto* failed = std::get_if<failure>(&known))
                                        return to(problem_reply(problem_of(*failed), req.id));
                                      choose_recipient(api, req, to, input, std::get<std::string>(std::move(known)));
                                    });
}

}  // namespace

void send_message(dialect& api, const request& req, const responder& to) {
  auto decoded = decode_message(req.body);
  if (const auto* wrong = std::get_if<problem>(&decoded)) return to(problem_reply(*wrong, req.id));
  auto command = std::get<message_body>(std::move(decoded));
  if (req.from.as == role::customer && command.user != req.from.subject)
    return to(problem_reply(forbidden("user_must_be_oneself", "A customer may only write to itself."), req.id));
  find_earlier_message(
      api.context, req, message_route, [&api, &req, to, command = std::move(command)](const earlier_message& earlier) {
        if (const auto* wrong = std::get_if<problem>(&earlier)) return to(problem_reply(*wrong, req.id));
        std::get<std::optional<message_row>>(earlier) ? to(message_sent_reply()) : find_recipient(api, req, to, command);
      });
}

}  // namespace orderflow::shop
