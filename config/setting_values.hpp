// Reading and printing the kinds of value that settings have. A reader gives an empty text, or what is wrong as the end of a
// sentence that the caller begins ("timers.payment_due … has no unit; write …").
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "config/settings.hpp"

namespace orderflow::setting_values {

/// Inclusive; durations in milliseconds, sizes in bytes.
struct bounds {
  uint64_t least = 0;
  uint64_t most = std::numeric_limits<uint32_t>::max();
};

[[nodiscard]] std::string read(bool& into, std::string_view text);
[[nodiscard]] std::string read(uint32_t& into, std::string_view text, bounds within);
/// Bytes: "8192", "256KiB", "16MiB".
[[nodiscard]] std::string read(uint64_t& into, std::string_view text, bounds within);
[[nodiscard]] std::string read(milliseconds& into, std::string_view text, bounds within);
/// "127.0.0.1:8080", "[::1]:8080".
[[nodiscard]] std::string read(listen_address& into, std::string_view text);
[[nodiscard]] std::string read(log_level& into, std::string_view text);
[[nodiscard]] std::string read(log_format& into, std::string_view text);
[[nodiscard]] std::string read(unknown_products& into, std::string_view text);
[[nodiscard]] std::string read(outside_place& into, std::string_view text);
[[nodiscard]] std::string read(cart_place& into, std::string_view text);
[[nodiscard]] std::string read_path(std::string& into, std::string_view text);
/// The same, or empty for none.
[[nodiscard]] std::string read_optional_path(std::string& into, std::string_view text);
/// "https://pay.example:8443/base", or empty for none. Kept without a slash at its end; whoever wants a token has a file for it.
[[nodiscard]] std::string read_url(std::string& into, std::string_view text);
[[nodiscard]] std::string read_journal(std::string& into, std::string_view text);
/// Three capital letters; whether ISO 4217 knows them is checked where currencies are known.
[[nodiscard]] std::string read_currency(std::string& into, std::string_view text);

/// none, of_total, included or added.
[[nodiscard]] std::string read_tax_mode(std::string& into, std::string_view text);
/// A share of at most one, such as "0.18", with at most six digits; read as parts per million.
[[nodiscard]] std::string read_rate(uint32_t& into, std::string_view text);

[[nodiscard]] std::string print(bool value);
[[nodiscard]] std::string print(uint32_t value);
[[nodiscard]] std::string print(uint64_t bytes);
[[nodiscard]] std::string print(milliseconds value);
[[nodiscard]] std::string print(const listen_address& value);
[[nodiscard]] std::string print(log_level value);
[[nodiscard]] std::string print(log_format value);
[[nodiscard]] std::string print(unknown_products value);
[[nodiscard]] std::string print(outside_place value);
[[nodiscard]] std::string print(cart_place value);
[[nodiscard]] std::string print(const std::string& value);
/// Without the password that a PostgreSQL URL may carry.
[[nodiscard]] std::string print_rate(uint32_t parts_per_million);
[[nodiscard]] std::string print_journal(const std::string& url);

}  // namespace orderflow::setting_values
