#include "http/api/common/payment_choice.hpp"

#include <algorithm>

#include "domain/payment/card.hpp"
#include "gateways/sandbox.hpp"

namespace orderflow {

namespace {

chosen_method method_in(std::variant<card_answer, failure> answer) {
  if (const auto* failed = std::get_if<failure>(&answer)) return problem_of(*failed);
  auto& told = std::get<card_answer>(answer);
  switch (told.status) {
    case card_status::stored: return std::move(told.method);
    case card_status::failed: return problem_of(failure{errc::gateway_unavailable, told.reason});
    case card_status::refused: break;
  }
  problem made;
  made.status = 402;
  made.word = "payment_failed";
  made.detail = "The payment gateway does not take this payment method: " + told.reason + ".";
  return made;
}

}  // namespace

std::optional<card_details> read_card(const json_value& from, const std::string& at, std::vector<field_error>& errors) {
  if (from.is != json_value::kind::object) {
    errors.push_back({at, "must be an object"});
    return std::nullopt;
  }
  const auto before = errors.size();
  field_reader read{from, at, errors};
  auto number = read.text_or_integer("cardNumber", presence::required);
  std::erase_if(number, [](char c) { return c == ' ' || c == '-'; });
  if (errors.size() == before && !is_card_number(number)) read.wrong("cardNumber", "is not a card number");
  const auto expiry = read.text("expiryDate", presence::required);
  const auto when = parse_card_expiry(expiry);
  if (!expiry.empty() && !when) read.wrong("expiryDate", "must be a month and a year such as 12/25");
  auto cvv = read.text_or_integer("cvv", presence::required);
  if (!cvv.empty() && !is_card_cvv(cvv)) read.wrong("cvv", "must be three or four digits");
  card_details card;
  card.number = secret<std::string>{std::move(number)};
  card.cvv = secret<std::string>{std::move(cvv)};
  card.first_name = read.text("firstName", presence::optional);
  card.last_name = read.text("lastName", presence::optional);
  if (errors.size() != before) return std::nullopt;
  card.expiry_month = when->month;
  card.expiry_year = when->year;
  return card;
}

payment_choice read_payment_choice(const json_value& body, std::vector<field_error>& errors) {
  payment_choice choice;
  choice.method = field_reader{body, {}, errors}.text("paymentMethod", presence::optional);
  const auto* details = body.find("paymentDetails");
  if (details != nullptr && details->is != json_value::kind::null) choice.card = read_card(*details, "/paymentDetails", errors);
  return choice;
}

void store_card(handler_context& context, card_details card, std::function<void(chosen_method)> done) {
  context.bridge.store_card(std::move(card), [done = std::move(done)](std::variant<card_answer, failure> answer) {
    done(method_in(std::move(answer)));
  });
}

void choose_method(handler_context& context, const account_key& who, payment_choice choice,
                   std::function<void(chosen_method)> done) {
  if (choice.card) return store_card(context, std::move(*choice.card), std::move(done));
  if (is_sandbox_token(choice.method)) {
    stored_method named;
    named.token = std::move(choice.method);
    return done(std::move(named));
  }
  context.bridge.account({who, std::nullopt, context.time.now(), std::nullopt}, [&context, who, done = std::move(done)](
                                                                                    std::variant<account_reply, failure> answer) {
    if (const auto* failed = std::get_if<failure>(&answer)) return done(problem_of(*failed));
    const auto& kept = std::get<account_reply>(answer).now;
    if (kept && kept->method) return done(*kept->method);
    context.bridge.method_of(who.user, [done](std::variant<card_answer, failure> told) { done(method_in(std::move(told))); });
  });
}

}  // namespace orderflow
