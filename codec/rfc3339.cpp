#include <algorithm>
#include <chrono>

#include "base/time.hpp"
#include "codec/json.hpp"

namespace orderflow {

namespace {

using std::chrono::days;
using std::chrono::sys_days;

constexpr timestamp first_moment = sys_days{std::chrono::year{0} / 1 / 1};
constexpr timestamp last_moment = sys_days{std::chrono::year{10000} / 1 / 1} - milliseconds{1};

/// Writes so many digits; the place behind them.
char* write_digits(char* at, unsigned value, int count) {
  for (int i = count; i-- > 0; value /= 10) at[i] = static_cast<char>('0' + value % 10);
  return at + count;
}

/// Takes from the front of the text; once something is not there, `ok` is false for good.
struct cursor {
  std::string_view rest;
  bool ok = true;

  int digits(size_t count) {
    int value = 0;
    for (size_t i = 0; i < count; ++i) value = value * 10 + digit();
    return value;
  }
  int digit() {
    if (!next_is_digit()) {
      ok = false;
      return 0;
    }
    const int value = rest.front() - '0';
    rest.remove_prefix(1);
    return value;
  }
  bool next_is_digit() const { return !rest.empty() && rest.front() >= '0' && rest.front() <= '9'; }
  /// Any one of `allowed`.
  char one_of(std::string_view allowed) {
    if (rest.empty() || allowed.find(rest.front()) == std::string_view::npos) {
      ok = false;
      return '\0';
    }
    const char c = rest.front();
    rest.remove_prefix(1);
    return c;
  }
};

milliseconds read_fraction(cursor& from) {
  if (from.rest.empty() || from.rest.front() != '.') return milliseconds{0};
  from.rest.remove_prefix(1);
  int value = 0;
  for (int scale = 100; scale == 100 || from.next_is_digit(); scale /= 10) value += from.digit() * scale;
  return milliseconds{value};
}

std::chrono::minutes read_offset(cursor& from) {
  const char sign = from.one_of("Zz+-");
  if (sign != '+' && sign != '-') return std::chrono::minutes{0};
  const int hours = from.digits(2);
  from.one_of(":");
  const int minutes = from.digits(2);
  if (hours > 23 || minutes > 59) from.ok = false;
  return std::chrono::minutes{(hours * 60 + minutes) * (sign == '-' ? -1 : 1)};
}

}  // namespace

std::string to_rfc3339(int64_t ms_since_epoch) {
  const timestamp moment = std::clamp(from_ms(ms_since_epoch), first_moment, last_moment);
  const sys_days day = std::chrono::floor<days>(moment);
  const std::chrono::year_month_day date{day};
  const auto rest = static_cast<unsigned>((moment - day).count());
  char text[24] = {};
  char* at = write_digits(text, static_cast<unsigned>(static_cast<int>(date.year())), 4);
  *at++ = '-';
  at = write_digits(at, static_cast<unsigned>(date.month()), 2);
  *at++ = '-';
  at = write_digits(at, static_cast<unsigned>(date.day()), 2);
  *at++ = 'T';
  at = write_digits(at, rest / 3'600'000, 2);
  *at++ = ':';
  at = write_digits(at, rest / 60'000 % 60, 2);
  *at++ = ':';
  at = write_digits(at, rest / 1000 % 60, 2);
  if (const unsigned ms = rest % 1000; ms != 0) {
    *at++ = '.';
    at = write_digits(at, ms, 3);
  }
  *at++ = 'Z';
  return {text, at};
}

std::optional<int64_t> parse_rfc3339(std::string_view text) {
  cursor from{text};
  const int year = from.digits(4);
  from.one_of("-");
  const int month = from.digits(2);
  from.one_of("-");
  const int day = from.digits(2);
  from.one_of("Tt");
  const int hours = from.digits(2);
  from.one_of(":");
  const int minutes = from.digits(2);
  from.one_of(":");
  const int seconds = from.digits(2);
  const milliseconds fraction = read_fraction(from);
  const std::chrono::minutes offset = read_offset(from);
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (!from.ok || !from.rest.empty() || !date.ok() || hours > 23 || minutes > 59 || seconds > 60) return std::nullopt;
  const timestamp minute = sys_days{date} + std::chrono::hours{hours} + std::chrono::minutes{minutes} - offset;
  // A leap second ends a day in UTC; everywhere else 60 is a mistake.
  if (seconds == 60 && minute - std::chrono::floor<days>(minute) != std::chrono::minutes{23 * 60 + 59}) return std::nullopt;
  return to_ms(minute + std::chrono::seconds{seconds} + fraction);
}

}  // namespace orderflow
