#include <catch2/catch_test_macros.hpp>

#include "messages/interfaces.hpp"

using namespace orderflow;

TEST_CASE("an error of ours reads as the sentence that was said about it") {
  CHECK(sentence_of(to_error(errc::store_unavailable, "cannot read orders: the disk is full")) ==
        "cannot read orders: the disk is full");
  CHECK(sentence_of(to_error(errc::store_unavailable, "")) == "store unavailable");
}

TEST_CASE("an error of the actor framework reads without its notation") {
  CHECK(sentence_of(caf::make_error(caf::sec::runtime_error, "std::logic_error", "a stock went below zero")) ==
        "std::logic_error: a stock went below zero");
  CHECK(sentence_of(caf::sec::broken_promise) == "whoever was asked has ended");
  CHECK(sentence_of(caf::sec::request_timeout) == "there was no answer in time");
  CHECK(sentence_of(caf::exit_reason::user_shutdown).find('(') == std::string::npos);
  CHECK(to_failure(caf::sec::broken_promise).detail == "whoever was asked has ended");
}
