#include "domain/payment/decline_reason.hpp"

#include <algorithm>

namespace orderflow {
namespace {

struct decline_words {
  std::string_view reason;
  std::string_view cause;
  std::string_view clause;
};

constexpr decline_words refused{"", "a refusal by the bank", "the bank refused it"};
constexpr decline_words expired{"", "an expired card", "the card has expired"};
constexpr decline_words wrong_number{"", "an invalid card number", "the card's number is not valid"};
constexpr decline_words wrong_code{"", "a wrong security code", "the card's security code is not right"};
constexpr decline_words above_limit{"", "the card's limit", "it is above what the card may pay"};
constexpr decline_words unconfirmed{"", "a missing confirmation", "it has to be confirmed with the bank first"};
constexpr decline_words failed{"", "an error at the bank", "something went wrong at the bank"};

constexpr decline_words named(std::string_view reason, decline_words as) { return {reason, as.cause, as.clause}; }

constexpr decline_words known_reasons[] = {
    {"insufficient_funds", "insufficient funds", "there is not enough money on the card or account"},
    {"captured_another_amount", "another amount than was due", "another amount than was due was taken"},
    {"nothing_was_captured", "an error at the payment service", "the payment service took nothing"},
    named("", refused),
    named("declined", refused),
    named("card_declined", refused),
    named("generic_decline", refused),
    named("do_not_honor", refused),
    named("lost_card", refused),
    named("stolen_card", refused),
    named("pickup_card", refused),
    named("restricted_card", refused),
    named("fraudulent", refused),
    named("suspected_fraud", refused),
    named("not_captured", refused),
    named("expired_card", expired),
    named("card_expired", expired),
    named("card_unknown", wrong_number),
    named("invalid_card", wrong_number),
    named("invalid_number", wrong_number),
    named("incorrect_number", wrong_number),
    named("incorrect_cvc", wrong_code),
    named("invalid_cvc", wrong_code),
    named("limit_exceeded", above_limit),
    named("card_velocity_exceeded", above_limit),
    named("authentication_required", unconfirmed),
    named("processing_error", failed),
};

/// "Do-not honor" and "do_not_honor" are one word.
std::string normalized(std::string_view reason) {
  std::string word{reason};
  std::ranges::transform(word, word.begin(), [](char c) {
    if (c == '-' || c == ' ') return '_';
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return word;
}

const decline_words* find_words(std::string_view reason) {
  const auto found = std::ranges::find(known_reasons, normalized(reason), &decline_words::reason);
  return found == std::end(known_reasons) ? nullptr : found;
}

/// A word of the service's own, as its sentence would say it.
std::string quoted(std::string_view reason) {
  std::string text{reason};
  std::ranges::replace(text, '_', ' ');
  return " (" + text + ")";
}

}  // namespace

std::string decline_cause(std::string_view reason) {
  const auto* words = find_words(reason);
  return words ? std::string{words->cause} : std::string{refused.cause} + quoted(reason);
}

std::string decline_clause(std::string_view reason) {
  const auto* words = find_words(reason);
  return words ? std::string{words->clause} : std::string{refused.clause} + quoted(reason);
}

}  // namespace orderflow
