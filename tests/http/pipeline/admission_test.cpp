#include "http/pipeline/admission.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace orderflow;

namespace {

struct gate_under {
  explicit gate_under(present_load load)
      : now(load),
        admission({.in_flight = 100, .queue_delay = std::chrono::microseconds{1000}, .unsettled_payments = 50, .waiters = 2},
                  [this] { return now; }) {}
  bool admits(load_class what) { return !admission.refuses(what, true); }
  present_load now;
  admission_control admission;
};

}  // namespace

TEST_CASE("creates are shed first and operators last, by requests in flight") {
  gate_under under{{100, {}}};
  CHECK_FALSE(under.admits(load_class::create));
  CHECK(under.admits(load_class::ordinary));
  CHECK(under.admits(load_class::operation));
  under.now.in_flight = 125;
  CHECK_FALSE(under.admits(load_class::ordinary));
  CHECK(under.admits(load_class::operation));
  under.now.in_flight = 150;
  CHECK_FALSE(under.admits(load_class::operation));
  CHECK(under.admits(load_class::probe));
  under.now.in_flight = 99;
  CHECK(under.admits(load_class::create));
  CHECK(under.admission.refused(shed_reason::load) == 3);
}

TEST_CASE("a queue that has become slow sheds in the same order") {
  gate_under under{{2, std::chrono::microseconds{1000}}};
  CHECK_FALSE(under.admits(load_class::create));
  CHECK(under.admits(load_class::ordinary));
  under.now.queue_delay = std::chrono::microseconds{1250};
  CHECK_FALSE(under.admits(load_class::ordinary));
  CHECK(under.admits(load_class::operation));
}

TEST_CASE("a store that stands still for the few who are there turns nobody away") {
  gate_under under{{1, std::chrono::microseconds{1'000'000}}};
  CHECK(under.admits(load_class::create));
  CHECK(under.admits(load_class::ordinary));
  under.now.in_flight = 2;
  CHECK_FALSE(under.admits(load_class::create));
  CHECK_FALSE(under.admits(load_class::operation));
}

TEST_CASE("payments without an answer stop creates, and nothing else") {
  gate_under under{{.unsettled_payments = 49}};
  CHECK(under.admits(load_class::create));
  under.now.unsettled_payments = 50;
  CHECK_FALSE(under.admits(load_class::create));
  CHECK(under.admits(load_class::ordinary));
  CHECK(under.admits(load_class::operation));
}

TEST_CASE("those who wait have a number of places, given back when they leave") {
  gate_under under{{0, {}}};
  CHECK(under.admission.enter_wait());
  CHECK(under.admission.enter_wait());
  CHECK_FALSE(under.admission.enter_wait());
  under.admission.leave_wait();
  CHECK(under.admission.enter_wait());
}

TEST_CASE("while the store is away whatever writes is refused, also an operator's, and reads go on") {
  gate_under under{{.store_away = true}};
  for (const auto what : {load_class::create, load_class::ordinary, load_class::operation}) {
    CHECK(under.admission.refuses(what, true) == shed_reason::store_away);
    CHECK_FALSE(under.admission.refuses(what, false));
  }
  CHECK(under.admits(load_class::probe));
  CHECK(under.admission.refused(shed_reason::store_away) == 3);
  under.now.store_away = false;
  CHECK(under.admits(load_class::create));
}

TEST_CASE("what waits because the store is away is told as that, never as too much load") {
  gate_under under{{.in_flight = 100, .queue_delay = std::chrono::seconds{5}, .store_away = true}};
  CHECK_FALSE(under.admission.refuses(load_class::ordinary, false));
  under.now.in_flight = 1000;
  CHECK(under.admission.refuses(load_class::ordinary, false) == shed_reason::store_away);
  under.admission.store_failed();
  CHECK(under.admission.refused(shed_reason::store_away) == 2);
  CHECK(under.admission.refused(shed_reason::load) == 0);
}

TEST_CASE("each reason for turning away is counted for itself") {
  gate_under under{{.in_flight = 100, .unsettled_payments = 50, .store_away = true}};
  CHECK(under.admission.refuses(load_class::create, true) == shed_reason::store_away);
  under.now.store_away = false;
  CHECK(under.admission.refuses(load_class::create, true) == shed_reason::load);
  under.now.in_flight = 0;
  CHECK(under.admission.refuses(load_class::create, true) == shed_reason::payments);
  for (const auto why : {shed_reason::load, shed_reason::payments, shed_reason::store_away})
    CHECK(under.admission.refused(why) == 1);
}
