// Sending a message, now or later. A customer may only write to itself.
#include "http/dialects/d0.hpp"
#include "http/dialects/notices.hpp"

namespace orderflow {

namespace {

constexpr std::string_view message_route = "/api/notification/send";

problem nobody_known() { return invalid({{"/recipient", "is needed: nobody knows how to reach this user by that channel"}}); }

void queue(d0_dialect& with, const request& asked, const responder& to, const d0_message_wish& wish, std::string recipient) {
  free_notice notice;
  notice.user = wish.user;
  notice.channel = wish.channel;
  notice.recipient = std::move(recipient);
  notice.subject = wish.subject;
  notice.text = wish.text;
  notice.send_at = wish.send_at.value_or(with.on.time.now() + wish.delay);
  queue_notice(with.on, asked, message_route, std::move(notice), [&asked, to](const std::optional<problem>& wrong) {
    to(wrong ? d0_problem(*wrong, asked.id) : d0_message_sent());
  });
}

/// Staff may name whom they like; a customer only what is known of itself, so that nobody can write to strangers in our name.
void choose_recipient(d0_dialect& with, const request& asked, const responder& to, const d0_message_wish& wish,
                      std::string known) {
  const bool staff = asked.from.as != role::customer;
  if (!wish.recipient.empty() && !staff && wish.recipient != known)
    return to(d0_problem(forbidden("recipient_must_be_the_known_one", "A customer may only write to its own known contact."),
                         asked.id));
  auto recipient = wish.recipient.empty() ? std::move(known) : wish.recipient;
  if (recipient.empty()) return to(d0_problem(nobody_known(), asked.id));
  queue(with, asked, to, wish, std::move(recipient));
}

void find_recipient(d0_dialect& with, const request& asked, const responder& to, const d0_message_wish& wish) {
  with.on.bridge.find_recipient(asked.from.tenant, wish.user, wish.channel,
                                [&with, &asked, to, wish](std::variant<std::string, world_error> known) {
                                  if (const auto* failed = std::get_if<world_error>(&known))
                                    return to(d0_problem(problem_of(*failed), asked.id));
                                  choose_recipient(with, asked, to, wish, std::get<std::string>(std::move(known)));
                                });
}

}  // namespace

void d0_send_message(d0_dialect& with, const request& asked, const responder& to) {
  auto decoded = d0_decode_message(asked.body);
  if (const auto* wrong = std::get_if<problem>(&decoded)) return to(d0_problem(*wrong, asked.id));
  auto wish = std::get<d0_message_wish>(std::move(decoded));
  if (asked.from.as == role::customer && wish.user != asked.from.subject)
    return to(d0_problem(forbidden("user_must_be_oneself", "A customer may only write to itself."), asked.id));
  find_earlier_notice(with.on, asked, message_route, [&with, &asked, to, wish = std::move(wish)](const earlier_notice& earlier) {
    if (const auto* wrong = std::get_if<problem>(&earlier)) return to(d0_problem(*wrong, asked.id));
    std::get<std::optional<notice_row>>(earlier) ? to(d0_message_sent()) : find_recipient(with, asked, to, wish);
  });
}

}  // namespace orderflow
