#include "base/nearest_word.hpp"

#include <array>
#include <catch2/catch_test_macros.hpp>

using namespace orderflow;

TEST_CASE("the distance between words counts insertions, removals, replacements and swaps of neighbours") {
  CHECK(edit_distance("", "") == 0);
  CHECK(edit_distance("", "abc") == 3);
  CHECK(edit_distance("kitten", "sitting") == 3);
  CHECK(edit_distance("listen", "listne") == 1);
  CHECK(edit_distance("ca", "abc") == 3);
  CHECK(edit_distance("abcd", "badc") == 2);
}

TEST_CASE("the nearest word is proposed only when it resembles") {
  constexpr std::array<std::string_view, 3> known{"timers.payment_due", "timers.payment_alert", "listen"};
  CHECK(nearest_word("timers.paymnt_due", known) == "timers.payment_due");
  CHECK(nearest_word("timer.payment_alert", known) == "timers.payment_alert");
  CHECK(nearest_word("lisen", known) == "listen");
  CHECK(nearest_word("kafka.brokers", known).empty());
  constexpr std::array<std::string_view, 5> commands{"serve", "token", "keys", "show", "init"};
  CHECK(nearest_word("tokne", commands) == "token");
  CHECK(nearest_word("kyes", commands) == "keys");
  CHECK(nearest_word("shwo", commands) == "show");
  CHECK(nearest_word("inti", commands) == "init");
  CHECK(nearest_word("", known).empty());
}
