#include "http/admission.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace orderflow;

namespace {

struct gate_under {
  explicit gate_under(present_load load)
      : now(load),
        gate({.in_flight = 100, .queue_delay = std::chrono::microseconds{1000}, .unsettled_payments = 50, .waiters = 2},
             [this] { return now; }) {}
  present_load now;
  admission gate;
};

}  // namespace

TEST_CASE("creates are shed first and operators last, by requests in flight") {
  gate_under under{{100, {}}};
  CHECK_FALSE(under.gate.admits(load_class::create));
  CHECK(under.gate.admits(load_class::ordinary));
  CHECK(under.gate.admits(load_class::operation));
  under.now.in_flight = 125;
  CHECK_FALSE(under.gate.admits(load_class::ordinary));
  CHECK(under.gate.admits(load_class::operation));
  under.now.in_flight = 150;
  CHECK_FALSE(under.gate.admits(load_class::operation));
  CHECK(under.gate.admits(load_class::probe));
  under.now.in_flight = 99;
  CHECK(under.gate.admits(load_class::create));
  CHECK(under.gate.refused() == 3);
}

TEST_CASE("a queue that has become slow sheds in the same order") {
  gate_under under{{2, std::chrono::microseconds{1000}}};
  CHECK_FALSE(under.gate.admits(load_class::create));
  CHECK(under.gate.admits(load_class::ordinary));
  under.now.queue_delay = std::chrono::microseconds{1250};
  CHECK_FALSE(under.gate.admits(load_class::ordinary));
  CHECK(under.gate.admits(load_class::operation));
}

TEST_CASE("a store that stands still for the few who are there turns nobody away") {
  gate_under under{{1, std::chrono::microseconds{1'000'000}}};
  CHECK(under.gate.admits(load_class::create));
  CHECK(under.gate.admits(load_class::ordinary));
  under.now.in_flight = 2;
  CHECK_FALSE(under.gate.admits(load_class::create));
  CHECK_FALSE(under.gate.admits(load_class::operation));
}

TEST_CASE("payments without an answer stop creates, and nothing else") {
  gate_under under{{.unsettled_payments = 49}};
  CHECK(under.gate.admits(load_class::create));
  under.now.unsettled_payments = 50;
  CHECK_FALSE(under.gate.admits(load_class::create));
  CHECK(under.gate.admits(load_class::ordinary));
  CHECK(under.gate.admits(load_class::operation));
}

TEST_CASE("those who wait have a number of places, given back when they leave") {
  gate_under under{{0, {}}};
  CHECK(under.gate.enter_wait());
  CHECK(under.gate.enter_wait());
  CHECK_FALSE(under.gate.enter_wait());
  under.gate.leave_wait();
  CHECK(under.gate.enter_wait());
}
