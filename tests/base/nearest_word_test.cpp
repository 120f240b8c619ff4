#include "base/nearest_word.hpp"

#include <array>
#include <catch2/catch_test_macros.hpp>

using namespace orderflow;

TEST_CASE("the distance between words counts insertions, removals and replacements") {
  CHECK(edit_distance("", "") == 0);
  CHECK(edit_distance("", "abc") == 3);
  CHECK(edit_distance("kitten", "sitting") == 3);
  CHECK(edit_distance("listen", "listne") == 2);
}

TEST_CASE("the nearest word is proposed only when it resembles") {
  constexpr std::array<std::string_view, 3> known{"timers.payment_due", "timers.payment_alert", "listen"};
  CHECK(nearest_word("timers.paymnt_due", known) == "timers.payment_due");
  CHECK(nearest_word("timer.payment_alert", known) == "timers.payment_alert");
  CHECK(nearest_word("lisen", known) == "listen");
  CHECK(nearest_word("kafka.brokers", known).empty());
  CHECK(nearest_word("", known).empty());
}
