// Shipping an order, and telling the customer about it: the document gives both the same path.
#include "domain/order/message.hpp"
#include "domain/order/order_number.hpp"
#include "http/api/common/client_messages.hpp"
#include "http/api/orderflow_api/routes.hpp"

namespace orderflow::orderflow_api {

namespace {

constexpr std::string_view mail_route = "/api/order/email.json";

// Shipping.

reply tracking_reply(const order& now) { return reply_of_order(200, tracking_json(now), now); }

reply shipped(std::variant<order_reply, failure> answer, std::string_view request_id) {
  const auto outcome = outcome_of(std::move(answer));
  if (const auto* wrong = std::get_if<problem>(&outcome)) return problem_reply(*wrong, request_id);
  const auto& now = *std::get<order_reply>(outcome).now;
  switch (now.shipment.status) {
    case shipment_status::booked: return tracking_reply(now);
    case shipment_status::requested: return in_progress_reply(now);
    case shipment_status::none: break;
  }
  problem refused;
  refused.status = 409;
  refused.word = "booking_refused";
  refused.detail = "The carrier did not take the parcel; an operator has to look at the order.";
  return problem_reply(refused, request_id);
}

void ship(dialect& api, const request& req, const responder& to, const shipment_body& input) {
  if (req.from.as == role::customer)
    return to(problem_reply(forbidden("role_must_be_allowed", "Only who sells ships orders."), req.id));
  look_at(api.context, req, input.order, version_to_look_at(req), [&api, &req, to, input](const order_or_problem& outcome) {
    if (const auto* wrong = std::get_if<problem>(&outcome)) return to(problem_reply(*wrong, req.id));
    const auto& now = *std::get<order_reply>(outcome).now;
    if (now.shipment.status == shipment_status::booked)
      return note_key(api.context, req, std::get<order_reply>(outcome), [&req, to](const order_or_problem& noted) {
        const auto* wrong = std::get_if<problem>(&noted);
        to(wrong ? problem_reply(*wrong, req.id) : tracking_reply(*std::get<order_reply>(noted).now));
      });
    order_request ask;
    ask.order = input.order;
    ask.command = order_command{ship_order{{}, input.to}, api.context.time.now()};
    const auto timeout = wait_of(req.headers.prefer, api.settings.usual_wait, api.settings.longest_wait);
    ask_order(api.context, req, std::move(ask), timeout,
              [&req, to](std::variant<order_reply, failure> answer) { to(shipped(std::move(answer), req.id)); });
  });
}

// Mail.

/// A mail about something that did not happen, or was taken back, would be a lie in our name.
bool has_happened(std::string_view event, const order& now) {
  if (event == "InvoiceCreated") return now.invoiced && now.status != order_status::cancelled;
  if (event == "PaymentProcessed") return now.total > 0 && is_true_of(now, message_kind::order_confirmation);
  return is_true_of(now, message_kind::order_shipped);
}

bool may_happen(std::string_view event, const order& now) {
  if (event == "InvoiceCreated") return now.status != order_status::cancelled;
  const auto kind = event == "PaymentProcessed" ? message_kind::order_confirmation : message_kind::order_shipped;
  return may_become_true_of(now, kind);
}

struct words {
  std::string subject;
  std::string text;
};

words words_of(const mail_body& mail, const order* about) {
  const auto which = about == nullptr ? std::string{"your order"} : "your order " + order_word(*about);
  const auto greeting = mail.name.empty() ? std::string{"Hello,\n\n"} : "Hello " + mail.name + ",\n\n";
  if (mail.event == "InvoiceCreated") return {"Your invoice", greeting + "The invoice of " + which + " has been issued.\n"};
  if (mail.event == "PaymentProcessed") return {"Your payment", greeting + "The payment of " + which + " has been received.\n"};
  const auto tracking = about == nullptr ? std::string{} : " Its tracking number is " + about->shipment.tracking + ".";
  return {"Your parcel", greeting + "Y" + which.substr(1) + " has been shipped." + tracking + "\n"};
}

reply mail_queued() {
  reply made;
  json_writer out{made.body};
  out.begin_object().key("status").string("OK").end_object();
  return made;
}

void queue(dialect& api, const request& req, const responder& to, const mail_body& mail, const order* about) {
  auto [subject, text] = words_of(mail, about);
  requested_message message;
  if (about != nullptr) {
    message.user = about->who.id;
    message.order = about->id;
    keep_contact(api.context, req, about->who.id, {mail.email, {}, mail.name, {}});
  }
  message.channel = "email";
  message.recipient = mail.email;
  message.subject = std::move(subject);
  message.text = std::move(text);
  queue_message(api.context, req, mail_route, std::move(message),
                [&req, to](const std::optional<problem>& wrong) { to(wrong ? problem_reply(*wrong, req.id) : mail_queued()); });
}

void look_and_queue(dialect& api, const request& req, const responder& to, const mail_body& mail) {
  if (!mail.order) {
    if (const auto wrong = untagged_condition_guard(req)) return to(problem_reply(*wrong, req.id));
    return queue(api, req, to, mail, nullptr);
  }
  look_at(api.context, req, *mail.order, version_condition_of(req), [&api, &req, to, mail](const order_or_problem& outcome) {
    if (const auto* wrong = std::get_if<problem>(&outcome)) return to(problem_reply(*wrong, req.id));
    const auto& now = *std::get<order_reply>(outcome).now;
    if (has_happened(mail.event, now)) return queue(api, req, to, mail, &now);
    const auto why = std::string{mail.event} + " does not fit: it has not happened to the order, or was taken back";
    to(problem_reply(event_has_not_happened(why, may_happen(mail.event, now)), req.id));
  });
}

/// A customer writes to his own address, as far as it is known; who sells writes to anybody.
void send_mail(dialect& api, const request& req, const responder& to, const mail_body& mail) {
  if (req.from.as != role::customer) return look_and_queue(api, req, to, mail);
  api.context.bridge.find_recipient(
      req.from.tenant, req.from.subject, "email", [&api, &req, to, mail](const std::variant<std::string, failure>& found) {
        if (const auto* failed = std::get_if<failure>(&found)) return to(problem_reply(problem_of(*failed), req.id));
        if (std::get<std::string>(found) == mail.email) return look_and_queue(api, req, to, mail);
        to(problem_reply(forbidden("recipient_must_be_known", "A customer's mail goes to the address that is known of him."),
                         req.id));
      });
}

}  // namespace

void post_shipping(dialect& api, const request& req, const responder& to) {
  const auto decoded = decode_shipping(req.body);
  if (const auto* wrong = std::get_if<problem>(&decoded)) return to(problem_reply(*wrong, req.id));
  if (const auto* input = std::get_if<shipment_body>(&decoded)) return ship(api, req, to, *input);
  find_earlier_message(api.context, req, mail_route,
                       [&api, &req, to, mail = std::get<mail_body>(decoded)](const earlier_message& earlier) {
                         if (const auto* wrong = std::get_if<problem>(&earlier)) return to(problem_reply(*wrong, req.id));
                         std::get<std::optional<message_row>>(earlier) ? to(mail_queued()) : send_mail(api, req, to, mail);
                       });
}

}  // namespace orderflow::orderflow_api
