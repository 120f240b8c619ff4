#include "base/secret.hpp"

#include <catch2/catch_test_macros.hpp>
#include <new>
#include <ostream>

using namespace orderflow;

namespace {

template <class T>
concept streamable = requires(std::ostream& out, const T& value) {
  out << value;
};
template <class T>
concept comparable = requires(const T& a, const T& b) {
  a == b;
};

static_assert(!streamable<secret<std::string>> && !streamable<secret<int>>, "a secret must not be printed");
static_assert(!comparable<secret<std::string>>, "a secret is compared in constant time or not at all");
static_assert(!std::is_convertible_v<secret<std::string>, std::string>, "a secret is revealed by name only");
static_assert(!std::is_convertible_v<std::string, secret<std::string>>, "a secret is made on purpose");

}  // namespace

TEST_CASE("a secret keeps its value through copies and moves") {
  const secret<std::string> number{"4242424242424242"};
  auto copy = number;
  CHECK(copy.reveal() == "4242424242424242");
  const auto moved = std::move(copy);
  CHECK(moved.reveal() == "4242424242424242");
  CHECK(copy.reveal().empty());  // NOLINT: what is left behind is the point.
  secret<std::string> assigned{"old"};
  assigned = number;
  CHECK(assigned.reveal() == number.reveal());
  secret<int> small{7};
  CHECK(small.reveal() == 7);
}

TEST_CASE("a short secret's bytes are gone from where it was") {
  // Short strings live inside the object, so its place can be looked at after its end.
  alignas(secret<std::string>) unsigned char place[sizeof(secret<std::string>)];
  auto* made = new (place) secret<std::string>{std::string{"cvv-123"}};
  const auto holds = [&] {
    return std::string_view{reinterpret_cast<const char*>(place), sizeof place}.find("cvv-123") != std::string_view::npos;
  };
  REQUIRE(holds());
  const auto elsewhere = std::move(*made);
  CHECK_FALSE(holds());
  *made = elsewhere;
  REQUIRE(holds());
  made->~secret();
  CHECK_FALSE(holds());
}
