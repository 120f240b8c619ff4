#include "config/setting_values.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/duration.hpp"
#include "base/unicode.hpp"
#include "base/whole_number.hpp"

namespace orderflow::setting_values {

namespace {

std::string quoted(std::string_view text) { return fmt::format("\"{}\"", text); }

template <class Print>
std::string external_services(uint64_t value, bounds within, Print print_one) {
  if (value >= within.least && value <= within.most) return {};
  return fmt::format("must be between {} and {}", print_one(within.least), print_one(within.most));
}

/// The words of an enumeration, for reading and printing alike.
template <class T, size_t Size>
using word_table = std::array<std::pair<std::string_view, T>, Size>;

template <class T, size_t Size>
std::string read_word(T& into, std::string_view text, const word_table<T, Size>& words) {
  std::string all;
  for (const auto& [word, value] : words) {
    if (word == text) {
      into = value;
      return {};
    }
    all += (all.empty() ? "" : ", ") + std::string{word};
  }
  return quoted(text) + " is none of " + all;
}

template <class T, size_t Size>
std::string print_word(T value, const word_table<T, Size>& words) {
  for (const auto& [word, one] : words)
    if (one == value) return std::string{word};
  return {};
}

constexpr word_table<bool, 2> truths{{{"true", true}, {"false", false}}};
constexpr word_table<log_level, 5> levels{{{"debug", log_level::debug},
                                           {"info", log_level::info},
                                           {"warn", log_level::warn},
                                           {"error", log_level::error},
                                           {"off", log_level::off}}};
constexpr word_table<log_format, 2> formats{{{"text", log_format::text}, {"json", log_format::json}}};
constexpr word_table<unknown_products, 2> product_words{
    {{"accept", unknown_products::accept}, {"refuse", unknown_products::refuse}}};
constexpr word_table<outside_place, 2> outside_words{{{"sandbox", outside_place::sandbox}, {"http", outside_place::http}}};
constexpr word_table<cart_place, 2> cart_words{{{"built-in", cart_place::built_in}, {"http", cart_place::http}}};
constexpr word_table<uint64_t, 3> size_units{{{"GiB", 1U << 30}, {"MiB", 1U << 20}, {"KiB", 1U << 10}}};

}  // namespace

std::string read(bool& into, std::string_view text) { return read_word(into, text, truths); }

std::string read(uint32_t& into, std::string_view text, bounds within) {
  const auto value = whole_number<uint64_t>(text);
  if (!value) return quoted(text) + " is not a whole number";
  if (auto wrong = external_services(*value, within, [](uint64_t one) { return std::to_string(one); }); !wrong.empty())
    return wrong;
  into = static_cast<uint32_t>(*value);
  return {};
}

std::string read(uint64_t& into, std::string_view text, bounds within) {
  uint64_t factor = 1;
  std::string_view digits = text;
  for (const auto& [name, bytes] : size_units)
    if (text.ends_with(name)) {
      factor = bytes;
      digits.remove_suffix(name.size());
    }
  const auto count = whole_number<uint64_t>(digits);
  if (!count) return quoted(text) + " is not a size; write a number of bytes, such as 8192, 256KiB or 16MiB";
  const auto value =
      *count > std::numeric_limits<uint64_t>::max() / factor ? std::numeric_limits<uint64_t>::max() : *count * factor;
  if (auto wrong = external_services(value, within, [](uint64_t one) { return print(one); }); !wrong.empty()) return wrong;
  into = value;
  return {};
}

std::string read(milliseconds& into, std::string_view text, bounds within) {
  const auto parsed = parse_duration(text);
  if (!parsed.error.empty()) return parsed.error;
  const auto value = static_cast<uint64_t>(parsed.value.count());
  const auto in_words = [](uint64_t one) { return to_text(milliseconds{static_cast<int64_t>(one)}); };
  if (auto wrong = external_services(value, within, in_words); !wrong.empty()) return wrong;
  into = parsed.value;
  return {};
}

std::string read(listen_address& into, std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return quoted(text) + " is not host:port; write for example 127.0.0.1:8080";
  const auto port = whole_number<uint64_t>(text.substr(colon + 1));
  if (!port || *port > 65'535) return quoted(text) + " does not end in a port between 0 and 65535";
  std::string_view host = text.substr(0, colon);
  const bool bracketed = host.starts_with('[') && host.ends_with(']');
  if (bracketed) host = host.substr(1, host.size() - 2);
  if (!bracketed && host.find(':') != std::string_view::npos)
    return quoted(text) + " has more than one colon; write an IPv6 address in brackets, such as [::1]:8080";
  if (host.empty()) return quoted(text) + " names no address; write for example 127.0.0.1:8080";
  into = {std::string{host}, static_cast<uint16_t>(*port)};
  return {};
}

std::string read(log_level& into, std::string_view text) { return read_word(into, text, levels); }
std::string read(log_format& into, std::string_view text) { return read_word(into, text, formats); }
std::string read(unknown_products& into, std::string_view text) { return read_word(into, text, product_words); }
std::string read(outside_place& into, std::string_view text) { return read_word(into, text, outside_words); }
std::string read(cart_place& into, std::string_view text) { return read_word(into, text, cart_words); }

std::string read_path(std::string& into, std::string_view text) {
  if (text.empty()) return "is empty; name a directory";
  if (has_control_character(text)) return "has a control character in it";
  into = text;
  return {};
}

std::string read_optional_path(std::string& into, std::string_view text) {
  if (!text.empty()) return read_path(into, text);
  into.clear();
  return {};
}

std::string read_url(std::string& into, std::string_view text) {
  const bool spoken = text.empty() || text.starts_with("http://") || text.starts_with("https://");
  if (!spoken) return quoted(text) + " is not an address; write http://HOST:PORT or https://HOST:PORT";
  const bool odd =
      std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7f; });
  // The text itself is not repeated: it may hold a password.
  if (text.find('@') != std::string_view::npos) return "has a user or password in it; name a token's file instead";
  if (odd || text.find_first_of("?#") != std::string_view::npos) return quoted(text) + " has more than host, port and path in it";
  while (text.ends_with('/') && !text.ends_with("//")) text.remove_suffix(1);
  if (text.ends_with("//")) return quoted(text) + " names no host; write for example http://127.0.0.1:8081";
  into = text;
  return {};
}

std::string read_journal(std::string& into, std::string_view text) {
  const bool known =
      text.empty() || text.starts_with("sqlite:") || text.starts_with("postgresql://") || text.starts_with("postgres://");
  // The text itself is not repeated: it may hold a password.
  if (!known) return "is neither sqlite:PATH nor postgresql://…; leave it out for SQLite in the data directory";
  if (text == "sqlite:") return "names no file; write sqlite:PATH";
  if (has_control_character(text)) return "has a control character in it";
  into = text;
  return {};
}

std::string read_currency(std::string& into, std::string_view text) {
  const bool right = text.size() == 3 && std::all_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
  if (!right) return quoted(text) + " is not a currency code of three capital letters, such as USD";
  into = text;
  return {};
}

std::string read_tax_mode(std::string& into, std::string_view text) {
  for (const std::string_view word : {"none", "of_total", "included", "added"}) {
    if (word != text) continue;
    into = text;
    return {};
  }
  return quoted(text) + " is none of none, of_total, included, added";
}

std::string read_rate(uint32_t& into, std::string_view text) {
  constexpr size_t digits = 6;
  const auto point = std::min(text.find('.'), text.size());
  auto fraction = std::string{text.substr(std::min(point + 1, text.size()))};
  const bool short_enough = fraction.size() <= digits && (point == text.size()) == fraction.empty();
  fraction.resize(digits, '0');
  const auto whole = whole_number<uint64_t>(text.substr(0, point));
  const auto parts = whole_number<uint64_t>(fraction);
  if (!short_enough || !whole || !parts) return quoted(text) + " is not a share such as 0.18, with at most six digits";
  if (*whole > 1 || *whole * 1'000'000 + *parts > 1'000'000) return "must be between 0 and 1, such as 0.18 for 18 %";
  into = static_cast<uint32_t>(*whole * 1'000'000 + *parts);
  return {};
}

std::string print_rate(uint32_t parts_per_million) {
  auto text = fmt::format("{}.{:06}", parts_per_million / 1'000'000, parts_per_million % 1'000'000);
  text.erase(std::max(text.find_last_not_of('0'), text.find('.') + 1) + 1);
  return text;
}

std::string print(bool value) { return print_word(value, truths); }
std::string print(uint32_t value) { return std::to_string(value); }

std::string print(uint64_t bytes) {
  for (const auto& [name, size] : size_units)
    if (bytes != 0 && bytes % size == 0) return std::to_string(bytes / size) + std::string{name};
  return std::to_string(bytes);
}

std::string print(milliseconds value) { return to_text(value); }

std::string print(const listen_address& value) {
  const bool six = value.host.find(':') != std::string::npos;
  return six ? fmt::format("[{}]:{}", value.host, value.port) : fmt::format("{}:{}", value.host, value.port);
}

std::string print(log_level value) { return print_word(value, levels); }
std::string print(log_format value) { return print_word(value, formats); }
std::string print(unknown_products value) { return print_word(value, product_words); }
std::string print(outside_place value) { return print_word(value, outside_words); }
std::string print(cart_place value) { return print_word(value, cart_words); }
std::string print(const std::string& value) { return value; }

std::string print_journal(const std::string& url) {
  std::string shown = url;
  const auto host = shown.find("://");
  if (host == std::string::npos) return shown;
  // As a query parameter first: its place does not move when the user part is shortened, but the other way round it does.
  for (auto at = shown.find("password=", host); at != std::string::npos; at = shown.find("password=", at)) {
    at += std::string_view{"password="}.size();
    const auto end = std::min(shown.find('&', at), shown.size());
    shown.replace(at, end - at, "***");
  }
  const auto user = host + 3;
  // The last one of the whole text: rather mask too much than half of a password that was not escaped.
  const auto at_sign = shown.rfind('@');
  if (at_sign == std::string::npos || at_sign < user) return shown;
  const auto colon = shown.find(':', user);
  if (colon < at_sign) shown.replace(colon + 1, at_sign - colon - 1, "***");
  return shown;
}

}  // namespace orderflow::setting_values
