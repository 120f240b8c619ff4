#include "bench/histogram.hpp"

#include <rapidcheck.h>

#include <catch2/catch_test_macros.hpp>

using orderflow::bench::histogram;

namespace {

// Values of every size: a plain uniform 64-bit number is almost always huge.
rc::Gen<uint64_t> any_magnitude() {
  return rc::gen::apply([](uint64_t value, int shift) { return value >> shift; }, rc::gen::arbitrary<uint64_t>(),
                        rc::gen::inRange(0, 64));
}

uint64_t exact_quantile(std::vector<uint64_t> values, double q) {
  std::sort(values.begin(), values.end());
  const auto wanted = static_cast<size_t>(std::ceil(q * static_cast<double>(values.size())));
  return values[std::clamp<size_t>(wanted, 1, values.size()) - 1];
}

}  // namespace

TEST_CASE("a quantile of the histogram is within one per cent of the exact one") {
  REQUIRE(rc::check([] {
    const auto values = *rc::gen::nonEmpty(rc::gen::container<std::vector<uint64_t>>(any_magnitude()));
    const double q = *rc::gen::elementOf(std::vector<double>{0.0, 0.01, 0.5, 0.9, 0.99, 0.999, 1.0});
    histogram seen;
    for (const uint64_t value : values) seen.record(value);
    const uint64_t exact = exact_quantile(values, q);
    const uint64_t told = seen.quantile(q);
    const uint64_t off = told > exact ? told - exact : exact - told;
    RC_ASSERT(off <= exact / 100);
    RC_ASSERT(seen.count() == values.size());
    RC_ASSERT(seen.max() == *std::max_element(values.begin(), values.end()));
  }));
}

TEST_CASE("values below 256 are kept exactly") {
  for (uint64_t value = 0; value < 256; ++value) {
    histogram seen;
    seen.record(value);
    REQUIRE(seen.quantile(0.5) == value);
  }
}

TEST_CASE("neighbours at the bound of a power of two do not change places") {
  for (unsigned bit = 7; bit < 64; ++bit) {
    const uint64_t bound = 1ull << bit;
    histogram seen;
    seen.record(bound - 1);
    seen.record(bound);
    REQUIRE(seen.quantile(0.5) <= bound - 1);
    REQUIRE(seen.quantile(1.0) >= seen.quantile(0.5));
    REQUIRE(seen.quantile(1.0) <= bound);
  }
}

TEST_CASE("an empty histogram answers zero") {
  const histogram seen;
  REQUIRE(seen.quantile(0.99) == 0);
  REQUIRE(seen.max() == 0);
  REQUIRE(seen.count() == 0);
}
