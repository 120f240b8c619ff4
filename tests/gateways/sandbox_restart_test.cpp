#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <stdexcept>

#include "tests/gateways/outside.hpp"

using namespace orderflow;
using namespace orderflow::testing;
using namespace std::chrono_literals;

namespace {

constexpr auto longest_wait = 10s;

struct fixture {
  scratch_directory directory;
  manual_clock time;
  // Each call stands for a process of its own; the one before has ended.
  template <class Run>
  void in_a_process(Run run) {
    sandbox gateway{directory.path, time};
    run(gateway);
  }
};

}  // namespace

TEST_CASE_METHOD(fixture, "charges are remembered by key across a restart") {
  in_a_process([](sandbox& gateway) {
    REQUIRE(charge(gateway, 7, "ok"));
    REQUIRE(charge(gateway, 8, "expired_card"));
    CHECK_FALSE(charge(gateway, 9, "lost_reply"));
  });
  in_a_process([](sandbox& gateway) {
    const auto again = charge(gateway, 7, "declined");
    REQUIRE(again);
    CHECK(again->status == charge_status::captured);
    CHECK(again->transaction == "701");
    CHECK(again->amount == 10'050);
    CHECK(charge(gateway, 8, "ok")->reason == "expired_card");
    CHECK(query(gateway, 9)->status == charge_status::captured);
    CHECK(kinds_of(gateway, 7) == "charge capture");
    CHECK(kinds_of(gateway, 8) == "charge decline");
  });
}

TEST_CASE_METHOD(fixture, "a late capture is remembered with its amount across a restart") {
  {
    sandbox gateway{directory.path, time};
    REQUIRE(charge(gateway, 7, "declined"));
    REQUIRE(gateway.capture_late({7}, 1, 10'049, usd, false));
  }
  sandbox gateway{directory.path, time};
  const auto told = query(gateway, 7);
  REQUIRE(told);
  CHECK(told->status == charge_status::captured);
  CHECK(told->amount == 10'049);
  CHECK(gateway.external_refund({7}, 10'049, usd));
  CHECK_FALSE(gateway.external_refund({7}, 1, usd));
}

TEST_CASE_METHOD(fixture, "a late capture in another currency is told in that one, and only what was taken in it goes back") {
  constexpr currency yen{{'J', 'P', 'Y'}};
  {
    sandbox gateway{directory.path, time};
    REQUIRE(charge(gateway, 7, "declined"));
    REQUIRE(gateway.capture_late({7}, 1, 1'500, yen, false));
  }
  sandbox gateway{directory.path, time};
  const auto told = query(gateway, 7);
  REQUIRE(told);
  CHECK(told->money == yen);
  CHECK(told->amount == 1'500);
  CHECK_FALSE(gateway.external_refund({7}, 1, usd));
  CHECK(gateway.external_refund({7}, 1'500, yen));
  CHECK_FALSE(gateway.external_refund({7}, 1, yen));
}

TEST_CASE_METHOD(fixture, "refunds are remembered across a restart") {
  in_a_process([](sandbox& gateway) {
    REQUIRE(charge(gateway, 7, "ok"));
    CHECK(refund(gateway, 7, 1, 10'000).cumulative == 10'000);
    CHECK(refund(gateway, 7, 2, 51).status == refund_answer_status::refused);
  });
  in_a_process([](sandbox& gateway) {
    CHECK(refund(gateway, 7, 1, 10'000).cumulative == 10'000);
    CHECK(refund(gateway, 7, 2, 51).status == refund_answer_status::refused);
    CHECK(refund(gateway, 7, 3, 50).cumulative == 10'050);
    CHECK(refund(gateway, 7, 4, 1).status == refund_answer_status::refused);
  });
}

TEST_CASE_METHOD(fixture, "the failures of error_500 and the queries of never are counted across a restart") {
  in_a_process([](sandbox& gateway) {
    CHECK(charge(gateway, 7, "error_500")->status == charge_status::failed);
    CHECK(charge(gateway, 7, "error_500")->status == charge_status::failed);
    CHECK_FALSE(charge(gateway, 8, "never"));
    CHECK_FALSE(query(gateway, 8));
  });
  in_a_process([](sandbox& gateway) {
    CHECK(charge(gateway, 7, "error_500")->status == charge_status::failed);
    CHECK(charge(gateway, 7, "error_500")->status == charge_status::captured);
    CHECK(query(gateway, 8)->status == charge_status::declined);
  });
  in_a_process([](sandbox& gateway) {
    CHECK(charge(gateway, 7, "error_500")->status == charge_status::captured);
    CHECK(charge(gateway, 8, "never")->reason == "declined");
    CHECK(refund(gateway, 7, 1, 10'050).cumulative == 10'050);
  });
}

TEST_CASE_METHOD(fixture, "a slow charge that the restart interrupted is captured and reported, once, by the new process") {
  in_a_process([](sandbox& gateway) { CHECK(charge(gateway, 7, "slow")->status == charge_status::in_progress); });
  time.advance(5s);  // The process was away for longer than the charge takes.
  in_a_process([](sandbox& gateway) {
    auto reports = std::make_shared<inbox<charge_answer>>();
    gateway.payments().on_report([reports](order_id, charge_answer answer) { reports->put(std::move(answer)); });
    REQUIRE(reports->wait_for(1, longest_wait));
    CHECK(reports->all().front().status == charge_status::captured);
    CHECK(reports->all().front().key == "charge/7/1");
    CHECK(reports->all().front().amount == 10'050);
    CHECK(kinds_of(gateway, 7) == "charge capture");
  });
  in_a_process([](sandbox& gateway) {
    CHECK(charge(gateway, 7, "slow")->status == charge_status::captured);
    CHECK(kinds_of(gateway, 7) == "charge capture");
  });
}

TEST_CASE_METHOD(fixture, "a slow charge that is not due yet after a restart waits for the rest of its time") {
  in_a_process([](sandbox& gateway) { CHECK(charge(gateway, 7, "slow")->status == charge_status::in_progress); });
  time.advance(1800ms);
  const auto started = std::chrono::steady_clock::now();
  in_a_process([&](sandbox& gateway) {
    auto reports = std::make_shared<inbox<charge_answer>>();
    gateway.payments().on_report([reports](order_id, charge_answer answer) { reports->put(std::move(answer)); });
    REQUIRE(reports->wait_for(1, longest_wait));
    CHECK(std::chrono::steady_clock::now() - started >= 200ms);
  });
}

TEST_CASE_METHOD(fixture, "what was captured before anybody listened is reported to the first who does") {
  in_a_process([](sandbox& gateway) { CHECK(charge(gateway, 7, "slow")->status == charge_status::in_progress); });
  time.advance(1h);
  in_a_process([](sandbox& gateway) {
    const auto deadline = std::chrono::steady_clock::now() + longest_wait;
    while (kinds_of(gateway, 7) != "charge capture") REQUIRE(std::chrono::steady_clock::now() < deadline);
    auto reports = std::make_shared<inbox<charge_answer>>();
    gateway.payments().on_report([reports](order_id, charge_answer answer) { reports->put(std::move(answer)); });
    REQUIRE(reports->wait_for(1, longest_wait));
    CHECK(reports->all().front().key == "charge/7/1");
  });
}

TEST_CASE_METHOD(fixture, "a last line torn by a crash is cut off, wherever it was torn") {
  in_a_process([](sandbox& gateway) {
    REQUIRE(charge(gateway, 7, "ok"));
    REQUIRE(charge(gateway, 8, "ok"));
  });
  const auto whole = read_text(directory.file("ledger"));
  const auto first = whole.find('\n') + 1;
  REQUIRE(whole.size() > first);
  for (size_t size = first; size < whole.size(); ++size) {
    INFO("cut after " << size << " bytes");
    write_text(directory.file("ledger"), whole.substr(0, size));
    in_a_process([](sandbox& gateway) {
      CHECK(query(gateway, 7)->status == charge_status::captured);
      CHECK(query(gateway, 8)->status == charge_status::not_found);
      CHECK(kinds_of(gateway, 8).empty());
    });
    REQUIRE(read_text(directory.file("ledger")) == whole.substr(0, first));
  }
  in_a_process([](sandbox& gateway) { REQUIRE(charge(gateway, 8, "ok")->status == charge_status::captured); });
  CHECK(read_text(directory.file("ledger")) == whole);
}

TEST_CASE_METHOD(fixture, "a torn tail longer than the piece it is searched in is cut off, too") {
  in_a_process([](sandbox& gateway) { REQUIRE(charge(gateway, 7, "ok")); });
  const auto whole = read_text(directory.file("ledger"));
  append_text(directory.file("ledger"), "{\"kind\":\"charge\",\"key\":\"" + std::string(20'000, 'x'));
  in_a_process([](sandbox& gateway) { CHECK(gateway.ledger().size() == 2); });
  CHECK(read_text(directory.file("ledger")) == whole);
  write_text(directory.file("ledger"), std::string(20'000, 'x'));
  in_a_process([](sandbox& gateway) { CHECK(gateway.ledger().empty()); });
}

TEST_CASE_METHOD(fixture, "room that a killed process had made for more lines is not taken for lines") {
  in_a_process([](sandbox& gateway) { REQUIRE(charge(gateway, 7, "ok")); });
  const auto whole = read_text(directory.file("ledger"));
  append_text(directory.file("ledger"), std::string(600'000, '\0'));
  in_a_process([](sandbox& gateway) { CHECK(gateway.ledger().size() == 2); });
  CHECK(read_text(directory.file("ledger")) == whole);
  append_text(directory.file("ledger"), "{\"kind\":\"charge\"" + std::string(600'000, '\0'));
  in_a_process([](sandbox& gateway) {
    CHECK(gateway.ledger().size() == 2);
    REQUIRE(charge(gateway, 8, "ok"));
    CHECK(gateway.ledger().size() == 4);
  });
}

TEST_CASE_METHOD(fixture, "lines are kept across the borders of the room that is made at a time") {
  constexpr int64_t orders = 20'000;  // some three megabytes
  in_a_process([](sandbox& gateway) {
    for (int64_t id = 1; id <= orders; ++id) REQUIRE(charge(gateway, id, "ok"));
    CHECK(gateway.ledger().size() == 2 * orders);
  });
  in_a_process([](sandbox& gateway) {
    CHECK(gateway.ledger().size() == 2 * orders);
    CHECK(query(gateway, orders / 2)->status == charge_status::captured);
  });
}

TEST_CASE_METHOD(fixture, "a broken line in the middle is refused with the file and the line's number") {
  in_a_process([](sandbox& gateway) { REQUIRE(charge(gateway, 7, "ok")); });
  append_text(directory.file("ledger"), "{\"kind\":\"bribe\"}\n");
  try {
    const sandbox gateway{directory.path, time};
    FAIL("it was read");
  } catch (const std::runtime_error& why) {
    CHECK(std::string{why.what()}.find(directory.file("ledger") + " line 2 is not a line of the sandbox's ledger") == 0);
  }
}

TEST_CASE_METHOD(fixture, "members and the order of members that a later version may write are read") {
  write_text(directory.file("ledger"),
             "{ \"outcome\": \"captured\", \"order\": 7, \"key\": \"charge\\/7\\/1\", \"amount\": 5, \"money\": \"USD\", "
             "\"method\": \"ok\", \"at\": 1, \"kind\": \"charge\", \"colour\": \"red\" }\n"
             "{\"kind\":\"charge\",\"key\":\"charge/8/1\",\"order\":8,\"amount\":5,\"money\":\"USD\",\"method\":\"ok\",\"at\":1,"
             "\"outcome\":\"captured\",\"colour\":\"red\"}\n");
  in_a_process([](sandbox& gateway) {
    CHECK(query(gateway, 7)->amount == 5);
    CHECK(query(gateway, 8)->amount == 5);
  });
}

TEST_CASE_METHOD(fixture, "the directory is made, for its owner only, and one that cannot be made is refused") {
  namespace fs = std::filesystem;
  const auto inner = directory.file("a/sandbox");
  { const sandbox gateway{inner, time}; }
  CHECK(fs::status(inner).permissions() == fs::perms::owner_all);
  CHECK(fs::status(inner + "/ledger").permissions() == (fs::perms::owner_read | fs::perms::owner_write));
  write_text(directory.file("file"), "x");
  CHECK_THROWS_AS((sandbox{directory.file("file/sandbox"), time}), std::runtime_error);
}
