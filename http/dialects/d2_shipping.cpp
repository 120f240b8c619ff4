// Shipping an order, and telling the customer about it: the document gives both the same path.
#include "domain/order/notice.hpp"
#include "domain/order/order_word.hpp"
#include "http/dialects/d2.hpp"
#include "http/dialects/notices.hpp"

namespace orderflow {

namespace {

constexpr std::string_view mail_route = "/api/order/email.json";

// Shipping.

reply tracking_reply(const order& now) { return d2_order_reply(200, d2_write_tracking(now), now); }

reply shipped(std::variant<order_reply, world_error> answer, std::string_view request_id) {
  const auto outcome = outcome_of(std::move(answer));
  if (const auto* wrong = std::get_if<problem>(&outcome)) return d2_problem(*wrong, request_id);
  const auto& now = *std::get<order_reply>(outcome).now;
  switch (now.parcel.status) {
    case shipment_status::booked: return tracking_reply(now);
    case shipment_status::requested: return d2_in_progress(now);
    case shipment_status::none: break;
  }
  problem refused;
  refused.status = 409;
  refused.word = "booking_refused";
  refused.detail = "The carrier did not take the parcel; an operator has to look at the order.";
  return d2_problem(refused, request_id);
}

void ship(d2_dialect& with, const request& asked, const responder& to, const d2_shipment& wish) {
  if (asked.from.as == role::customer)
    return to(d2_problem(forbidden("role_must_be_allowed", "Only who sells ships orders."), asked.id));
  look_at(with.on, asked, wish.order, version_to_look_at(asked), [&with, &asked, to, wish](const order_outcome& outcome) {
    if (const auto* wrong = std::get_if<problem>(&outcome)) return to(d2_problem(*wrong, asked.id));
    const auto& now = *std::get<order_reply>(outcome).now;
    if (now.parcel.status == shipment_status::booked) return to(tracking_reply(now));
    order_request ask;
    ask.order = wish.order;
    ask.command = order_command{ship_order{{}, wish.to}, with.on.time.now()};
    const auto patience = patience_of(asked.headers.prefer, with.settings.usual_wait, with.settings.longest_wait);
    ask_order(with.on, asked, std::move(ask), patience,
              [&asked, to](std::variant<order_reply, world_error> answer) { to(shipped(std::move(answer), asked.id)); });
  });
}

// Mail.

/// A mail about something that did not happen, or was taken back, would be a lie in our name.
bool has_happened(std::string_view event, const order& now) {
  if (event == "InvoiceCreated") return now.invoiced && now.status != order_status::cancelled;
  if (event == "PaymentProcessed") return now.total > 0 && is_true_of(now, notice_kind::order_confirmation);
  return is_true_of(now, notice_kind::order_shipped);
}

bool may_happen(std::string_view event, const order& now) {
  if (event == "InvoiceCreated") return now.status != order_status::cancelled;
  const auto kind = event == "PaymentProcessed" ? notice_kind::order_confirmation : notice_kind::order_shipped;
  return may_become_true_of(now, kind);
}

struct words {
  std::string subject;
  std::string text;
};

words words_of(const d2_mail& mail, const order* about) {
  const auto which = about == nullptr ? std::string{"your order"} : "your order " + order_word(*about);
  const auto greeting = mail.name.empty() ? std::string{"Hello,\n\n"} : "Hello " + mail.name + ",\n\n";
  if (mail.event == "InvoiceCreated") return {"Your invoice", greeting + "The invoice of " + which + " has been issued.\n"};
  if (mail.event == "PaymentProcessed") return {"Your payment", greeting + "The payment of " + which + " has been received.\n"};
  const auto tracking = about == nullptr ? std::string{} : " Its tracking number is " + about->parcel.tracking + ".";
  return {"Your parcel", greeting + "Y" + which.substr(1) + " has been shipped." + tracking + "\n"};
}

reply mail_queued() {
  reply made;
  json_writer out{made.body};
  out.begin_object().key("status").string("OK").end_object();
  return made;
}

void queue(d2_dialect& with, const request& asked, const responder& to, const d2_mail& mail, const order* about) {
  auto [subject, text] = words_of(mail, about);
  free_notice notice;
  if (about != nullptr) {
    notice.user = about->who.id;
    notice.order = about->id;
    d2_learn_contact(with.on, asked, about->who.id, {mail.email, {}, mail.name, {}});
  }
  notice.channel = "email";
  notice.recipient = mail.email;
  notice.subject = std::move(subject);
  notice.text = std::move(text);
  queue_notice(with.on, asked, mail_route, std::move(notice),
               [&asked, to](const std::optional<problem>& wrong) { to(wrong ? d2_problem(*wrong, asked.id) : mail_queued()); });
}

void look_and_queue(d2_dialect& with, const request& asked, const responder& to, const d2_mail& mail) {
  if (!mail.order) {
    if (const auto wrong = untagged_condition_guard(asked)) return to(d2_problem(*wrong, asked.id));
    return queue(with, asked, to, mail, nullptr);
  }
  look_at(with.on, asked, *mail.order, version_condition_of(asked), [&with, &asked, to, mail](const order_outcome& outcome) {
    if (const auto* wrong = std::get_if<problem>(&outcome)) return to(d2_problem(*wrong, asked.id));
    const auto& now = *std::get<order_reply>(outcome).now;
    if (has_happened(mail.event, now)) return queue(with, asked, to, mail, &now);
    const auto why = std::string{mail.event} + " does not fit: it has not happened to the order, or was taken back";
    to(d2_problem(event_has_not_happened(why, may_happen(mail.event, now)), asked.id));
  });
}

/// A customer writes to his own address, as far as it is known; who sells writes to anybody.
void send_mail(d2_dialect& with, const request& asked, const responder& to, const d2_mail& mail) {
  if (asked.from.as != role::customer) return look_and_queue(with, asked, to, mail);
  with.on.bridge.find_recipient(
      asked.from.tenant, asked.from.subject, "email",
      [&with, &asked, to, mail](const std::variant<std::string, world_error>& found) {
        if (const auto* failed = std::get_if<world_error>(&found)) return to(d2_problem(problem_of(*failed), asked.id));
        if (std::get<std::string>(found) == mail.email) return look_and_queue(with, asked, to, mail);
        to(d2_problem(forbidden("recipient_must_be_known", "A customer's mail goes to the address that is known of him."),
                      asked.id));
      });
}

}  // namespace

void d2_ship_or_mail(d2_dialect& with, const request& asked, const responder& to) {
  const auto decoded = d2_decode_shipping(asked.body);
  if (const auto* wrong = std::get_if<problem>(&decoded)) return to(d2_problem(*wrong, asked.id));
  if (const auto* wish = std::get_if<d2_shipment>(&decoded)) return ship(with, asked, to, *wish);
  find_earlier_notice(with.on, asked, mail_route,
                      [&with, &asked, to, mail = std::get<d2_mail>(decoded)](const earlier_notice& earlier) {
                        if (const auto* wrong = std::get_if<problem>(&earlier)) return to(d2_problem(*wrong, asked.id));
                        std::get<std::optional<notice_row>>(earlier) ? to(mail_queued()) : send_mail(with, asked, to, mail);
                      });
}

}  // namespace orderflow
