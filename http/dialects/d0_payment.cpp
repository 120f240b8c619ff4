// Paying an order. A card is exchanged for the gateway's token before anything else hears of it; the charge itself waits in
// the order until its stock is locked.
#include <algorithm>

#include "gateways/sandbox.hpp"
#include "http/dialects/d0.hpp"
#include "http/dialects/own_account.hpp"
#include "http/dialects/payment_choice.hpp"

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
  payment_choice with;
};

/// A card where the method says so; what else a client may send with another method is nobody's business.
payment_choice read_choice(const json_value& body, field_reader& from, std::vector<field_error>& errors) {
  payment_choice choice;
  choice.method = from.text("paymentMethod", presence::required);
  const auto is_one_of = [&](const auto& words) { return std::ranges::find(words, choice.method) != std::end(words); };
  if (is_one_of(card_methods)) {
    if (from.has("paymentDetails")) return read_payment_choice(body, errors);
    from.wrong("paymentDetails", "must be an object with cardNumber, expiryDate and cvv");
  } else if (!choice.method.empty() && !is_one_of(methods_on_file) && !is_sandbox_token(choice.method)) {
    from.wrong("paymentMethod", "must be credit_card, debit_card, paypal, apple_pay, google_pay, bank_transfer or on_file");
  }
  return choice;
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
  wish.with = read_choice(object, from, errors);
  if (!errors.empty()) return invalid(std::move(errors));
  return wish;
}

/// Each document has its own word for the customer: an identifier, an e-mail address, or nothing but who ordered.
bool is_customer_of(const order& now, std::string_view user) {
  return user == now.who.id || user == now.who.email || user == customer_of(now) ||
         (now.who.id.empty() && user == now.source.owner);
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

void pay(d0_dialect& with, const request& asked, const responder& to, payment_wish wish, const order& now) {
  if (const auto wrong = check(wish, now)) return to(d0_payment_problem(*wrong, asked.id));
  // What has been decided is told again, and no card is shown to the gateway for it.
  const bool undecided = now.status == order_status::pending || now.status == order_status::payment_processing;
  if (!undecided) return to(d0_payment_answer(now));
  // Staff name any customer; what a customer pays with is his own, whatever the order calls him.
  const auto who = account_for(asked.from, wish.user).value_or(account_key{asked.from.tenant, asked.from.subject});
  const auto order = wish.order;
  choose_method(with.on, who, std::move(wish.with), [&with, &asked, to, order](const chosen_method& chosen) {
    if (const auto* wrong = std::get_if<problem>(&chosen)) return to(d0_payment_problem(*wrong, asked.id));
    charge(with, asked, to, order, std::get<stored_method>(chosen).token);
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
