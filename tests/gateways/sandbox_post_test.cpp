#include "gateways/sandbox_post.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <set>

#include "tests/gateways/outside.hpp"

using namespace orderflow;
using namespace orderflow::testing;
using namespace std::chrono_literals;

namespace {

struct fixture {
  scratch_directory directory;
  manual_clock time;
};

booking_answer book(sandbox& at, int64_t order) {
  std::optional<booking_answer> heard;
  at.shipments().book({"ship/" + std::to_string(order), {order}, "Ann \"A\" Ox", "1 High Street\nTown"},
                      [&](booking_answer answer) { heard = std::move(answer); });
  REQUIRE(heard);
  return *heard;
}

size_t lines_of(const std::string& text) { return static_cast<size_t>(std::count(text.begin(), text.end(), '\n')); }

}  // namespace

TEST_CASE_METHOD(fixture, "a parcel is booked once per key, with a number of eight digits that a restart does not change") {
  std::string number;
  {
    sandbox post{directory.path, time};
    const auto first = book(post, 7);
    CHECK(first.status == booking_status::booked);
    CHECK(first.tracking.size() == 8);
    CHECK(first.tracking.find_first_not_of("0123456789") == std::string::npos);
    number = first.tracking;
    CHECK(book(post, 7).tracking == number);
    CHECK(book(post, 8).tracking != number);
  }
  sandbox post{directory.path, time};
  CHECK(book(post, 7).tracking == number);
  CHECK(lines_of(read_text(directory.file("parcels"))) == 2);
}

TEST_CASE("a hundred thousand orders get as many tracking numbers") {
  std::set<std::string> numbers;
  for (int64_t order = 1; order <= 100'000; ++order) {
    const auto number = tracking_number_of({order}, "ship/" + std::to_string(order));
    REQUIRE(number.size() == 8);
    numbers.insert(number);
  }
  CHECK(numbers.size() == 100'000);
  CHECK(tracking_number_of({1}, "ship/1/again") != tracking_number_of({1}, "ship/1"));
}

TEST_CASE_METHOD(fixture, "the mailbox keeps what was delivered, as it was, across a restart") {
  const outgoing_message letter{"7.3.email",  "email", "a@b.example", "Paid \"7\"", "Line one\nLine two \\ \xC3\xA4",
                                std::nullopt, {7},     "mall"};
  {
    sandbox post{directory.path, time};
    CHECK(post.mailbox().deliver(letter).empty());
    time.advance(1s);
    CHECK(post.mailbox().deliver(letter).empty());
  }
  append_text(directory.file("mail"), "{\"id\":\"torn");
  const sandbox post{directory.path, time};
  const auto sent = post.sent();
  REQUIRE(sent.size() == 2);
  for (const auto& one : sent) {
    CHECK(one.message.id == letter.id);
    CHECK(one.message.channel == letter.channel);
    CHECK(one.message.recipient == letter.recipient);
    CHECK(one.message.subject == letter.subject);
    CHECK(one.message.text == letter.text);
    CHECK(one.message.tenant == letter.tenant);
  }
  CHECK(sent[1].at - sent[0].at == 1s);
}
