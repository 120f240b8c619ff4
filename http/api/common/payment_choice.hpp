// How a client of the documents with `paymentMethod` and `paymentDetails` (D0, D3) and of our own routes says what to pay with,
// and how that becomes a token that can be charged.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <variant>

#include "gateways/payment_gateway.hpp"
#include "http/api/common/handler_context.hpp"
#include "http/api/common/reading.hpp"

namespace orderflow {

struct payment_choice {
  std::string method;                ///< A token of the sandbox's; any other word, or none: the method on file.
  std::optional<card_details> card;  ///< Typed in: exchanged for a token before anything else happens.
};

/// {cardNumber, expiryDate "12/25", cvv, firstName ⊕, lastName ⊕}. What is wrong is named without its digits.
[[nodiscard]] std::optional<card_details> read_card(const json_value& from, const std::string& at,
                                                    std::vector<field_error>& errors);
/// The members paymentMethod and paymentDetails of a body.
[[nodiscard]] payment_choice read_payment_choice(const json_value& body, std::vector<field_error>& errors);

/// A method of the customer's, or why there is none: 402 where the gateway refuses the card.
using chosen_method = std::variant<stored_method, problem>;

void store_card(handler_context& context, card_details card, std::function<void(chosen_method)> done);
/// The card typed in, else the token named, else the customer's method on file: ours if we have one, else the gateway's.
void choose_method(handler_context& context, const account_key& who, payment_choice choice,
                   std::function<void(chosen_method)> done);

}  // namespace orderflow
