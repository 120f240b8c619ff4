#include "journal/number_skip.hpp"

#include <algorithm>

#include "journal/store.hpp"

namespace orderflow {
namespace {

using std::chrono::hours;

/// More than any server gives out for long: three times the most orders that were ever measured, without HTTP and on an idle
/// machine.
constexpr int64_t numbers_per_ms = 100;

// All stores count along one line, the clock's: none has given out a number that is above what it has come to, since each began
// at 0 or at a number of an earlier time, and was slower from there on. So a copy that begins where the line is now begins
// beyond its original, and beyond whatever was restored before of the same copy, of an older or a newer one, or of a copy of what
// was restored. To count from the copy's own time would need less, and would let two restores meet.
constexpr timestamp line_begins = std::chrono::sys_days{std::chrono::year{2025} / 1 / 1};

/// Where the copy itself is beyond the line, the clock is wrong: for bursts, and for blocks that were reserved and not used.
constexpr int64_t margin = milliseconds{hours{1}}.count() * numbers_per_ms;

/// The number of a payment's transaction is order id × 100 + attempt, and has to be exact in JSON of any client: below 2^53.
constexpr int64_t last_number = 90'000'000'000'000;

}  // namespace

number_skip skip_after_copy(int64_t next, std::optional<timestamp> last_event, timestamp now) {
  // The newest event is a time that the clock had come to already.
  const auto line = (std::max(now, last_event.value_or(now)) - line_begins).count() * numbers_per_ms;
  const auto from = std::clamp(next, int64_t{0}, last_number);
  const auto reached = line > from ? line : from + margin;
  const auto to = (reached + shard_count - 1) / shard_count * shard_count;
  if (to < last_number) return {from, to};
  throw store_error{"this is a copy whose original may have given out order numbers up to " + std::to_string(to) +
                    ", and there are none above " + std::to_string(last_number) +
                    ": begin a new store (orderflow db migrate), and keep this one to be read"};
}

}  // namespace orderflow
