#include "domain/payment/decline_reason.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace orderflow;

TEST_CASE("a payment service's word is told in plain words") {
  struct row {
    const char* reason;
    const char* cause;
    const char* clause;
  };
  const row rows[] = {
      {"insufficient_funds", "insufficient funds", "there is not enough money on the card or account"},
      {"Insufficient-Funds", "insufficient funds", "there is not enough money on the card or account"},
      {"declined", "a refusal by the bank", "the bank refused it"},
      {"", "a refusal by the bank", "the bank refused it"},
      {"stolen_card", "a refusal by the bank", "the bank refused it"},
      {"expired_card", "an expired card", "the card has expired"},
      {"card_unknown", "an invalid card number", "the card's number is not valid"},
      {"captured another amount", "another amount than was due", "another amount than was due was taken"},
      {"nothing was captured", "an error at the payment service", "the payment service took nothing"},
      {"moon_in_wrong_phase", "a refusal by the bank (moon in wrong phase)", "the bank refused it (moon in wrong phase)"},
  };
  for (const auto& each : rows) {
    INFO(each.reason);
    CHECK(decline_cause(each.reason) == each.cause);
    CHECK(decline_clause(each.reason) == each.clause);
  }
}
