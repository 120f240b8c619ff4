#include "journal/number_skip.hpp"

#include <algorithm>

#include "journal/store.hpp"

namespace orderflow {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

/// More than any server gives out for long: three times the most orders that were ever measured, without HTTP and on an idle
/// machine.
constexpr int64_t numbers_per_second = 100'000;

/// Bursts, blocks that were reserved and not used, and clocks that are wrong.
constexpr seconds least_time = hours{1};
/// No copy is older; a time before that is a damaged one.
constexpr seconds most_time = hours{24 * 365 * 10};
/// Of a copy without any event nobody knows how old it is.
constexpr seconds unknown_time = hours{24 * 365};

/// The number of a payment's transaction is order id × 100 + attempt, and has to be exact in JSON of any client: below 2^53.
constexpr int64_t last_number = 90'000'000'000'000;

}  // namespace

number_skip skip_after_copy(int64_t next, std::optional<timestamp> last_event, timestamp now) {
  const auto passed = last_event ? std::chrono::floor<seconds>(now - *last_event) : unknown_time;
  const auto skipped = std::clamp(passed, least_time, most_time).count() * numbers_per_second;
  const auto from = std::clamp(next, int64_t{0}, last_number);
  const auto to = (from + skipped + shard_count - 1) / shard_count * shard_count;
  if (to < last_number) return {from, to};
  throw store_error{"this is a copy whose original may have given out order numbers up to " + std::to_string(to) +
                    ", and there are none above " + std::to_string(last_number) +
                    ": begin a new store (orderflow db migrate), and keep this one to be read"};
}

}  // namespace orderflow
