// Paying an order. A card is exchanged for the gateway's token before anything else hears of it; the charge itself waits in
// the order until its stock is locked.
#include <algorithm>

#include "gateways/sandbox.hpp"
#include "http/api/common/account_access.hpp"
#include "http/api/common/payment_choice.hpp"
#include "http/api/shop/routes.hpp"

namespace orderflow::shop {

namespace {

/// Methods of the document's kind that need no card here: what the gateway has on file for the customer is charged.
constexpr std::string_view methods_on_file[] = {"paypal",     "apple_pay", "google_pay",    "alipay",
                                                "wechat_pay", "wallet",    "bank_transfer", "on_file"};
constexpr std::string_view card_methods[] = {"credit_card", "debit_card", "card"};

struct payment_body {
  order_id order;
  std::string user;
  json_value amount;
  payment_choice choice;
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

std::variant<payment_body, problem> decode(std::string_view body) {
  auto parsed = read_object(body);
  if (auto* wrong = std::get_if<problem>(&parsed)) return std::move(*wrong);
  const auto& object = std::get<json_value>(parsed);
  std::vector<field_error> errors;
  field_reader from{object, {}, errors};
  payment_body input;
  input.order = from.order("orderId", presence::required).value_or(order_id{});
  input.user = from.text_or_integer("userId", presence::required);
  if (const auto* amount = object.find("paymentAmount"))
    input.amount = *amount;
  else
    from.wrong("paymentAmount", "is required");
  input.choice = read_choice(object, from, errors);
  if (!errors.empty()) return invalid(std::move(errors));
  return input;
}

/// Each document has its own word for the customer: an identifier, an e-mail address, or nothing but who ordered.
bool is_customer_of(const order& now, std::string_view user) {
  return user == now.who.id || user == now.who.email || user == customer_of(now) ||
         (now.who.id.empty() && user == now.source.owner);
}

/// A client that names another customer or another sum is mistaken about the order.
std::optional<problem> check(const payment_body& input, const order& now) {
  if (!is_customer_of(now, input.user)) return invalid({{"/userId", "must be the order's customer"}});
  json_value object;
  object.is = json_value::kind::object;
  object.members.emplace_back("paymentAmount", input.amount);
  std::vector<field_error> errors;
  const auto amount = field_reader{object, {}, errors}.amount("paymentAmount", now.money, presence::required);
  if (!errors.empty()) return invalid(std::move(errors));
  if (*amount != now.total)
    return invalid({{"/paymentAmount", "must be the order's total, which is " + fixed_text(now.total, now.money)}});
  return std::nullopt;
}

void charge(dialect& api, const request& req, const responder& to, order_id order, std::string method) {
  order_request ask;
  ask.order = order;
  ask.command = order_command{pay_order{std::move(method)}, api.context.time.now()};
  const auto timeout = wait_of(req.headers.prefer, api.settings.usual_wait, api.settings.longest_wait);
  ask_order(api.context, req, std::move(ask), timeout, [&req, to](std::variant<order_reply, failure> answer) {
    const auto outcome = outcome_of(std::move(answer));
    if (const auto* wrong = std::get_if<problem>(&outcome)) return to(payment_problem_reply(*wrong, req.id));
    to(payment_reply(*std::get<order_reply>(outcome).now));
  });
}

void pay(dialect& api, const request& req, const responder& to, payment_body input, const order_reply& seen) {
  const auto& now = *seen.now;
  if (const auto wrong = check(input, now)) return to(payment_problem_reply(*wrong, req.id));
  // What has been decided is told again, and no card is shown to the gateway for it.
  const bool undecided = now.status == order_status::pending || now.status == order_status::payment_processing;
  if (!undecided)
    return note_key(api.context, req, seen, [&req, to](const order_or_problem& noted) {
      const auto* wrong = std::get_if<problem>(&noted);
      to(wrong ? payment_problem_reply(*wrong, req.id) : payment_reply(*std::get<order_reply>(noted).now));
    });
  // Staff name any customer; what a customer pays with is his own, whatever the order calls him.
  const auto who = account_for(req.from, input.user).value_or(account_key{req.from.tenant, req.from.subject});
  const auto order = input.order;
  choose_method(api.context, who, std::move(input.choice), [&api, &req, to, order](const chosen_method& chosen) {
    if (const auto* wrong = std::get_if<problem>(&chosen)) return to(payment_problem_reply(*wrong, req.id));
    charge(api, req, to, order, std::get<stored_method>(chosen).token);
  });
}

}  // namespace

void process_payment(dialect& api, const request& req, const responder& to) {
  auto decoded = decode(req.body);
  if (const auto* wrong = std::get_if<problem>(&decoded)) return to(payment_problem_reply(*wrong, req.id));
  auto command = std::get<payment_body>(std::move(decoded));
  const auto id = command.order;
  look_at(api.context, req, id, std::nullopt, [&api, &req, to, command = std::move(command)](const order_or_problem& outcome) {
    if (const auto* wrong = std::get_if<problem>(&outcome)) return to(payment_problem_reply(*wrong, req.id));
    pay(api, req, to, command, std::get<order_reply>(outcome));
  });
}

}  // namespace orderflow::shop
