// A contract is tested on every store by one body: `FOR_EVERY_STORE;` as the first line of a test case names the store and makes
// `on`, a journal with an empty database of it.
#pragma once

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators_range.hpp>

#include "tests/journal/samples.hpp"

#define FOR_EVERY_STORE                                                     \
  const auto which = GENERATE(from_range(::orderflow::test::all_stores())); \
  CAPTURE(which.name);                                                      \
  ::orderflow::test::journal_under_test on { which }
