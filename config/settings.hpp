// The configuration: every value that an operator may set, where each came from, and the words that explain it.
// Four sources; the earlier wins: command line, environment (ORDERFLOW_TIMERS_PAYMENT_DUE for timers.payment_due), file (TOML),
// default. A value that is wrong is refused wherever it stands, even where another source overrides it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.hpp"
#include "base/time.hpp"

namespace orderflow {

struct listen_address {
  std::string host = "127.0.0.1";
  uint16_t port = 8080;  ///< 0: any free one.
  bool operator==(const listen_address&) const = default;
};

/// One `[[listener]]` of the file: a further address, and who is served there.
struct listener_entry {
  std::string source;  ///< "file orderflow.toml line 3", for messages.
  listen_address address;
  std::vector<std::string> dialects;  ///< Empty: all.
  std::string auth = "required";      ///< "required", or the principal that requests without a token speak for.
  std::vector<std::string> hosts;
  std::string certificate;  ///< PEM; with `key`: TLS.
  std::string key;
  bool operator==(const listener_entry&) const = default;
};

/// What happens to a line whose product the catalogue does not know, in the dialects whose lines carry their own price.
enum class unknown_products : uint8_t { accept = 1, refuse = 2 };

/// Where payments are made and messages go: the stand-in that is built in, or a service of its own, over HTTP.
enum class outside_place : uint8_t { sandbox = 1, http = 2 };

/// Whose carts "place" of the cart workflow takes: our own, or those of a cart service, over HTTP.
enum class cart_place : uint8_t { built_in = 1, http = 2 };

/// Defaults are the members' own. What each means is said once, in the table of keys (`setting_keys`).
struct settings {
  listen_address listen;
  bool opens_listen = true;  ///< False: the file has listeners of its own and nobody asked for `listen` besides.
  std::vector<listener_entry> listeners;
  std::string data = "orderflow-data";
  std::string journal;  ///< Empty: SQLite in the directory `data`; see `journal_url`.
  bool dev = false;

  struct log_settings {
    log_level level = log_level::info;
    log_format format = log_format::text;
    bool operator==(const log_settings&) const = default;
  } log;

  struct runtime_settings {
    uint32_t threads = 0;  ///< 0: one per core.
    bool batch_scheduling = false;
    bool operator==(const runtime_settings&) const = default;
  } runtime;

  struct http_settings {
    uint64_t max_head = 8 * 1024;    ///< Bytes.
    uint64_t max_body = 256 * 1024;  ///< Bytes.
    uint32_t max_connections = 10'000;
    uint64_t max_unsent = 96 * 1024 * 1024;      ///< Bytes.
    uint64_t max_incomplete = 64 * 1024 * 1024;  ///< Bytes.
    uint32_t max_handshakes = 512;
    milliseconds head_timeout{10'000};
    milliseconds body_timeout{30'000};
    milliseconds idle_timeout{60'000};
    milliseconds write_timeout{30'000};
    uint32_t max_in_flight = 4096;
    milliseconds max_queue_delay{200};
    uint32_t max_waiters = 2048;
    uint32_t max_unsettled_payments = 20'000;
    milliseconds drain_grace{500};
    milliseconds wait{10'000};
    milliseconds longest_wait{30'000};
    uint32_t principal_rate = 10'000;  ///< Requests per second.
    uint32_t principal_burst = 20'000;
    uint32_t address_rate = 0;
    uint32_t address_burst = 1'000;
    bool operator==(const http_settings&) const = default;
  } http;

  struct timer_settings {
    milliseconds payment_reminder{600'000};
    milliseconds payment_alert{1'200'000};
    milliseconds payment_due{1'800'000};
    milliseconds stock_confirm{30'000};
    milliseconds cart_expiry{86'400'000};
    milliseconds shipping_overdue{172'800'000};
    milliseconds window{60'000};
    bool operator==(const timer_settings&) const = default;
  } timers;

  struct order_settings {
    milliseconds passivate_after{5'000};
    uint32_t max_restarts = 5;
    milliseconds restart_window{60'000};
    milliseconds restart_pause{50};
    uint32_t max_waiters = 64;
    uint32_t resumes_at_once = 256;
    uint32_t ids_per_block = 256;
    bool operator==(const order_settings&) const = default;
  } orders;

  struct payment_settings {
    milliseconds timeout{2'000};
    uint32_t max_in_flight = 1024;
    uint32_t max_queries_in_flight = 64;
    milliseconds retry_first{100};
    milliseconds retry_most{10'000};
    outside_place gateway = outside_place::sandbox;
    std::string url;
    std::string token_file;
    bool remote_idempotent = false;
    bool operator==(const payment_settings&) const = default;
  } payment;

  struct notification_settings {
    outside_place gateway = outside_place::sandbox;
    std::string url;
    std::string token_file;
    milliseconds timeout{10'000};
    uint32_t per_hour = 10'000;
    milliseconds retry_first{1'000};
    milliseconds retry_most{300'000};
    milliseconds give_up_after{259'200'000};
    bool operator==(const notification_settings&) const = default;
  } notification;

  struct cart_settings {
    cart_place gateway = cart_place::built_in;
    std::string url;
    std::string token_file;
    milliseconds timeout{10'000};
    bool operator==(const cart_settings&) const = default;
  } cart;

  struct catalogue_settings {
    orderflow::unknown_products unknown_products = orderflow::unknown_products::accept;
    bool operator==(const catalogue_settings&) const = default;
  } catalogue;

  struct currency_settings {
    std::string shop = "USD";
    std::string orderflow_api = "USD";
    std::string cart_workflow = "USD";
    std::string orders_v1 = "JPY";
    bool operator==(const currency_settings&) const = default;
  } currency;

  struct tax_settings {
    std::string mode = "of_total";
    uint32_t rate_ppm = 180'000;  ///< Parts per million.
    bool operator==(const tax_settings&) const = default;
  } tax;

  bool operator==(const settings&) const = default;
};

/// `journal`, or SQLite in the data directory where it is empty.
[[nodiscard]] std::string journal_url(const settings& from);

/// A key of the configuration. The table of them drives reading, `--help`, `config show` and docs/configuration.md.
struct setting_key {
  std::string_view name;
  std::string_view meaning;
  std::string_view form;  ///< What values look like, for messages and the reference: "duration", "size", "true or false".
  /// Reads the text into its member; empty, or what is wrong with it as a part of a sentence.
  std::string (*read)(settings& into, std::string_view text);
  /// The member as text that `read` takes. Passwords are masked, so a URL with one is the exception.
  std::string (*print)(const settings& from);
  /// The value in TOML is a bare number or truth value, not a string.
  bool bare = false;
};

[[nodiscard]] std::span<const setting_key> setting_keys();

/// A key of `[[listener]]`, for the reference and for messages. These are set in the file only.
struct listener_key {
  std::string_view name;  ///< "listener.address".
  std::string_view fallback;
  std::string_view form;
  std::string_view meaning;
};
[[nodiscard]] std::span<const listener_key> listener_keys();

/// "timers.payment_due" → "ORDERFLOW_TIMERS_PAYMENT_DUE".
[[nodiscard]] std::string environment_name(std::string_view key);

/// A value from the command line. `source` is how it was written: "--listen", "--set".
struct flag_value {
  std::string key;
  std::string value;
  std::string source;
};

/// "timers.payment_due=15m" (after `--set`), or nothing where the equals sign or the key is missing: a usage error.
[[nodiscard]] std::optional<flag_value> parse_set_flag(std::string_view text);

struct setting_sources {
  std::string file{};                      ///< Path; empty: none.
  std::vector<std::string> environment{};  ///< "NAME=value" as in environ; names that do not begin with ORDERFLOW_ are ignored.
  std::vector<flag_value> flags{};         ///< A later one wins.
};

struct loaded_settings {
  settings values;
  std::vector<std::string> origins;  ///< Per key of `setting_keys`: "default", "file orderflow.toml", "environment …", "--set".
  std::vector<std::string> errors;   ///< Sentences: what, where, why, what to do. Empty: use the values. Exit code 78 otherwise.
  std::vector<std::string>
      unknown_variables;  ///< ORDERFLOW_… variables unlike any key, for a warning: they may be another program's.
};

/// Reads everything and reports all mistakes at once. Touches nothing but the file.
[[nodiscard]] loaded_settings load_settings(const setting_sources& from);

/// The environment of this process, for `setting_sources`.
[[nodiscard]] std::vector<std::string> process_environment();

/// The effective configuration as TOML, the origin of each value as a comment, passwords masked.
[[nodiscard]] std::string show_settings(const loaded_settings& loaded);

/// Markdown table of all keys, as it stands in docs/configuration.md.
[[nodiscard]] std::string settings_reference();

}  // namespace orderflow
