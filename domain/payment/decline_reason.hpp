// Payment services give a reason for a decline as a word of theirs, such as "insufficient_funds". People are told in plain words.
#pragma once

#include <string>
#include <string_view>

namespace orderflow {

/// After "due to": "insufficient funds", "an expired card". Never empty; a word that is not known is quoted.
[[nodiscard]] std::string decline_cause(std::string_view reason);

/// A clause for the customer: "there is not enough money on the card or account". What could accuse somebody (a stolen card, a
/// suspicion) is told as the bank's refusal.
[[nodiscard]] std::string decline_clause(std::string_view reason);

}  // namespace orderflow
