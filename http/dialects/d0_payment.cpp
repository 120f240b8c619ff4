// Paying an order. A card is exchanged for the gateway's token before anything else hears of it; the charge itself waits in
// the order until its stock is locked.
#include <algorithm>

#include "domain/payment/card.hpp"
#include "gateways/sandbox.hpp"
#include "http/dialects/d0.hpp"

namespace orderflow {

namespace {

/// Methods of the document's kind that need no card here: what the gateway has on file for the customer is charged.
constexpr std::string_view methods_on_file[] = {"paypal",     "apple_pay", "google_pay",    "alipay",
                                                "wechat_pay", "wallet",    "bank_transfer", "on_file"};
constexpr std::string_view card_methods[] = {"credit_card", "debit_card", "card"};

struct payment_wish {
  order_id order;
  std::string user;
  json_value amount;
  std::string method;
  std::optional<card_details> card;
};

/// People type numbers in groups.
std::string without_spaces(std::string text) {
  std::erase_if(text, [](char c) { return c == ' ' || c == '-'; });
  return text;
}

card_details read_card(const json_value& body, field_reader& from, std::vector<field_error>& errors) {
  card_details card;
  const auto* found = body.find("paymentDetails");
  if (found == nullptr || found->is != json_value::kind::object) {
    from.wrong("paymentDetails", "must be an object with cardNumber, expiryDate and cvv");
    return card;
  }
  field_reader details{*found, "/paymentDetails", errors};
  auto number = without_spaces(details.text_or_integer("cardNumber", presence::required));
  if (!number.empty() && !is_card_number(number)) details.wrong("cardNumber", "is not the number of a card");
  card.number = secret<std::string>{std::move(number)};
  const auto written = details.text("expiryDate", presence::required);
  const auto expiry = parse_card_expiry(written);
  if (!written.empty() && !expiry) details.wrong("expiryDate", "must be month and year, such as 12/25");
  card.expiry_month = expiry ? expiry->month : uint8_t{0};
  card.expiry_year = expiry ? expiry->year : uint16_t{0};
  auto cvv = details.text_or_integer("cvv", presence::required);
  if (!cvv.empty() && !is_card_cvv(cvv)) details.wrong("cvv", "must be three or four digits");
  card.cvv = secret<std::string>{std::move(cvv)};
  return card;
}

std::variant<payment_wish, problem> decode(std::string_view body) {
  auto parsed = read_object(body);
  if (auto* wrong = std::get_if<problem>(&parsed)) return std::move(*wrong);
  const auto& object = std::get<json_value>(parsed);
  std::vector<field_error> errors;
  field_reader from{object, {}, errors};
  payment_wish wish;
  wish.order = from.order("orderId", presence::required).value_or(order_id{});
  wish.user = from.text_or_integer("userId", presence::required);
  if (const auto* amount = object.find("paymentAmount"))
    wish.amount = *amount;
  else
    from.wrong("paymentAmount", "is required");
  wish.method = from.text("paymentMethod", presence::required);
  const auto is_one_of = [&](const auto& words) { return std::ranges::find(words, wish.method) != std::end(words); };
  if (is_one_of(card_methods)) {
    wish.card = read_card(object, from, errors);
  } else if (!wish.method.empty() && !is_one_of(methods_on_file) && !is_sandbox_token(wish.method)) {
    from.wrong("paymentMethod", "must be credit_card, debit_card, paypal, apple_pay, google_pay, bank_transfer or on_file");
  }
  if (!errors.empty()) return invalid(std::move(errors));
  return wish;
}

/// Each document has its own word for the customer: an identifier, an e-mail address, or nothing but who ordered.
bool is_customer_of(const order& now, std::string_view user) {
  return user == now.who.id || user == now.who.email || (now.who.id.empty() && user == now.source.owner);
}

/// A client that names another customer or another sum is mistaken about the order.
std::optional<problem> check(const payment_wish& wish, const order& now) {
  if (!is_customer_of(now, wish.user)) return invalid({{"/userId", "must be the order's customer"}});
  json_value object;
  object.is = json_value::kind::object;
  object.members.emplace_back("paymentAmount", wish.amount);
  std::vector<field_error> errors;
  const auto amount = field_reader{object, {}, errors}.amount("paymentAmount", now.money, presence::required);
  if (!errors.empty()) return invalid(std::move(errors));
  if (*amount != now.total)
    return invalid({{"/paymentAmount", "must be the order's total, which is " + fixed_text(now.total, now.money)}});
  return std::nullopt;
}

void charge(d0_dialect& with, const request& asked, const responder& to, order_id order, std::string method) {
  order_request ask;
  ask.order = order;
  ask.command = order_command{pay_order{std::move(method)}, with.on.time.now()};
  const auto patience = patience_of(asked.headers.prefer, with.settings.usual_wait, with.settings.longest_wait);
  ask_order(with.on, asked, std::move(ask), patience, [&asked, to](std::variant<order_reply, world_error> answer) {
    const auto outcome = outcome_of(std::move(answer));
    if (const auto* wrong = std::get_if<problem>(&outcome)) return to(d0_payment_problem(*wrong, asked.id));
    to(d0_payment_answer(*std::get<order_reply>(outcome).now));
  });
}

problem card_refused(const card_answer& answer) {
  auto why = invalid({{"/paymentDetails/cardNumber", "was refused by the payment gateway"}});
  why.detail = "Payment failed: the payment gateway does not take this card";
  if (!answer.reason.empty()) why.detail += " (" + answer.reason + ")";
  why.detail += ".";
  return why;
}

/// What to charge: the token of the card or of the method on file.
void with_method(d0_dialect& with, payment_wish wish, answered<card_answer> done) {
  if (wish.card) return with.on.bridge.store_card(std::move(*wish.card), std::move(done));
  if (!is_sandbox_token(wish.method)) return with.on.bridge.method_of(wish.user, std::move(done));
  card_answer given;
  given.status = card_status::stored;
  given.method.token = wish.method;
  done(std::move(given));
}

void pay(d0_dialect& with, const request& asked, const responder& to, payment_wish wish, const order& now) {
  if (const auto wrong = check(wish, now)) return to(d0_payment_problem(*wrong, asked.id));
  // What has been decided is told again, and no card is shown to the gateway for it.
  const bool undecided = now.status == order_status::pending || now.status == order_status::payment_processing;
  if (!undecided) return to(d0_payment_answer(now));
  const auto order = wish.order;
  with_method(with, std::move(wish), [&with, &asked, to, order](std::variant<card_answer, world_error> answer) {
    if (const auto* failed = std::get_if<world_error>(&answer)) return to(d0_payment_problem(problem_of(*failed), asked.id));
    const auto& found = std::get<card_answer>(answer);
    switch (found.status) {
      case card_status::stored: return charge(with, asked, to, order, found.method.token);
      case card_status::refused: return to(d0_payment_problem(card_refused(found), asked.id));
      case card_status::failed:
        return to(d0_payment_problem(problem_of(world_error{errc::gateway_unavailable, found.reason}), asked.id));
    }
  });
}

}  // namespace

void d0_process_payment(d0_dialect& with, const request& asked, const responder& to) {
  auto decoded = decode(asked.body);
  if (const auto* wrong = std::get_if<problem>(&decoded)) return to(d0_payment_problem(*wrong, asked.id));
  auto wish = std::get<payment_wish>(std::move(decoded));
  const auto id = wish.order;
  look_at(with.on, asked, id, std::nullopt, [&with, &asked, to, wish = std::move(wish)](const order_outcome& outcome) {
    if (const auto* wrong = std::get_if<problem>(&outcome)) return to(d0_payment_problem(*wrong, asked.id));
    pay(with, asked, to, wish, *std::get<order_reply>(outcome).now);
  });
}

}  // namespace orderflow
