#include "config/settings.hpp"

#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "domain/order/order.hpp"
#include "tests/source_dir.hpp"

using namespace orderflow;
using namespace std::chrono_literals;

namespace {

// A configuration file that goes away with the test.
class config_file {
 public:
  explicit config_file(const std::string& text) {
    char name[] = "/tmp/orderflow-settings-XXXXXX";
    const int file = ::mkstemp(name);
    REQUIRE(file >= 0);
    ::close(file);
    path = name;
    std::ofstream{path} << text;
  }
  ~config_file() { std::filesystem::remove(path); }
  config_file(const config_file&) = delete;
  config_file& operator=(const config_file&) = delete;
  std::string path;
};

std::string origin_of(const loaded_settings& loaded, std::string_view name) {
  for (size_t i = 0; i < setting_keys().size(); ++i)
    if (setting_keys()[i].name == name) return loaded.origins[i];
  FAIL("no such key: " << name);
  return {};
}

loaded_settings with_flag(const std::string& key, const std::string& value) {
  return load_settings({.flags = {{key, value, "--set"}}});
}

std::string only_error(const loaded_settings& loaded) {
  REQUIRE(loaded.errors.size() == 1);
  return loaded.errors.front();
}

std::string file_text(const std::string& path) {
  std::ifstream in{path};
  REQUIRE(in);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("without any source the settings are their defaults") {
  const settings defaults;
  const auto loaded = load_settings({});
  CHECK(loaded.errors.empty());
  CHECK(loaded.values == defaults);
  for (const auto& origin : loaded.origins) CHECK(origin == "default");
}

TEST_CASE("the command line wins over the environment, the environment over the file, the file over the default") {
  const config_file file{"[timers]\npayment_due = \"1m\"\npayment_alert = \"2m\"\ncart_expiry = \"3m\"\n"};
  setting_sources from{.file = file.path};
  from.environment = {"ORDERFLOW_TIMERS_PAYMENT_DUE=4m", "ORDERFLOW_TIMERS_PAYMENT_ALERT=5m", "PATH=/bin"};
  from.flags = {{"timers.payment_due", "6m", "--set"}, {"timers.payment_due", "7m", "--set"}};
  const auto loaded = load_settings(from);
  CHECK(loaded.errors.empty());
  CHECK(loaded.values.timers.payment_due == 7min);
  CHECK(loaded.values.timers.payment_alert == 5min);
  CHECK(loaded.values.timers.cart_expiry == 3min);
  CHECK(loaded.values.timers.payment_reminder == 10min);
  CHECK(origin_of(loaded, "timers.payment_due") == "--set");
  CHECK(origin_of(loaded, "timers.payment_alert") == "environment ORDERFLOW_TIMERS_PAYMENT_ALERT");
  CHECK(origin_of(loaded, "timers.cart_expiry") == "file " + file.path + " line 4");
  CHECK(origin_of(loaded, "timers.payment_reminder") == "default");
}

TEST_CASE("a file may write keys with dots or as tables, and numbers and truth values bare") {
  const config_file file{"dev = true\nhttp.max_in_flight = 12\nhttp.max_body = 4096\n[payment]\nmax_in_flight = \"34\"\n"};
  const auto loaded = load_settings({.file = file.path});
  CHECK(loaded.errors.empty());
  CHECK(loaded.values.dev);
  CHECK(loaded.values.http.max_in_flight == 12);
  CHECK(loaded.values.http.max_body == 4096);
  CHECK(loaded.values.payment.max_in_flight == 34);
}

TEST_CASE("a key that does not exist is refused wherever it stands, and the nearest is named") {
  const config_file file{"[timers]\npaymnt_due = \"1m\"\n"};
  CHECK(only_error(load_settings({.file = file.path})) ==
        "file " + file.path + " line 2: timers.paymnt_due is not a key of the configuration; did you mean timers.payment_due?");
  CHECK(only_error(with_flag("lisen", "x")) == "--set: lisen is not a key of the configuration; did you mean listen?");
  CHECK(only_error(with_flag("zzzzzzzz", "x")) ==
        "--set: zzzzzzzz is not a key of the configuration; docs/configuration.md lists them all");
  CHECK(only_error(load_settings({.environment = {"ORDERFLOW_TIMER_PAYMENT_DUE=1m"}})) ==
        "environment ORDERFLOW_TIMER_PAYMENT_DUE is not a variable of the configuration; did you mean "
        "ORDERFLOW_TIMERS_PAYMENT_DUE?");
  CHECK(only_error(load_settings({.environment = {"ORDERFLOW_TIMERS_X=1m"}})) ==
        "environment ORDERFLOW_TIMERS_X is not a variable of the configuration; docs/configuration.md lists them all");
}

TEST_CASE("variables that resemble no key are told, not refused: they may belong to the build or the platform") {
  const auto loaded = load_settings(
      {.environment = {"ORDERFLOW_PREFIX=/opt", "ORDERFLOW_PORT=tcp://10.0.0.1:80", "ORDERFLOW_SERVICE_HOST=10.0.0.1",
                       "ORDERFLOW_BINARY=x", "ORDERFLOW_CRASH_AT=journal-after-commit:1", "HOME=/tmp"}});
  CHECK(loaded.errors.empty());
  CHECK(loaded.unknown_variables == std::vector<std::string>{"ORDERFLOW_PREFIX", "ORDERFLOW_PORT", "ORDERFLOW_SERVICE_HOST",
                                                             "ORDERFLOW_BINARY", "ORDERFLOW_CRASH_AT"});
}

TEST_CASE("a bad value names its source, its key, the reason and the right form") {
  CHECK(only_error(with_flag("timers.payment_due", "15")) ==
        "--set: timers.payment_due \"15\" has no unit; write a whole number and a unit (ms, s, m, h or d), such as 15m");
  CHECK(only_error(load_settings({.environment = {"ORDERFLOW_LOG_LEVEL=loud"}})) ==
        "environment ORDERFLOW_LOG_LEVEL \"loud\" is none of debug, info, warn, error, off");
  CHECK(only_error(load_settings({.flags = {{"listen", "8080", "--listen"}}})) ==
        "--listen \"8080\" is not host:port; write for example 127.0.0.1:8080");
  const config_file file{"http.max_head = 1\n"};
  CHECK(only_error(load_settings({.file = file.path})) ==
        "file " + file.path + " line 1: http.max_head must be between 1KiB and 1MiB");
}

TEST_CASE("every kind of value has its own refusals") {
  const settings defaults;
  const std::pair<const char*, const char*> wrong[] = {{"listen", ":80"},
                                                       {"listen", "::1:80"},
                                                       {"listen", "localhost:65536"},
                                                       {"listen", "a:b"},
                                                       {"listen", "[]:80"},
                                                       {"data", ""},
                                                       {"data", "a\nb"},
                                                       {"journal", "mysql://x"},
                                                       {"journal", "sqlite:"},
                                                       {"dev", "yes"},
                                                       {"log.format", "xml"},
                                                       {"runtime.threads", "-1"},
                                                       {"runtime.threads", "1025"},
                                                       {"http.max_body", "1 MiB"},
                                                       {"http.max_body", "99999999999999999GiB"},
                                                       {"http.max_connections", "0"},
                                                       {"payment.timeout", "0s"},
                                                       {"payment.timeout", "2d"},
                                                       {"currency.orders_v1", "yen"},
                                                       {"currency.orders_v1", "YE"},
                                                       {"currency.orderflow_api", "usd"},
                                                       {"tax.mode", "both"},
                                                       {"tax.rate", "1.000001"},
                                                       {"tax.rate", "18"},
                                                       {"tax.rate", "-0.1"},
                                                       {"tax.rate", ".18"},
                                                       {"tax.rate", "0."},
                                                       {"tax.rate", "0.1234567"},
                                                       {"catalogue.unknown_products", "maybe"}};
  for (const auto& [key, value] : wrong) {
    INFO(key << " = " << value);
    const auto loaded = with_flag(key, value);
    CHECK(loaded.errors.size() == 1);
    CHECK(loaded.values == defaults);
  }
}

TEST_CASE("names that keys had before count as the present ones, wherever they are given") {
  CHECK(with_flag("currency.d0", "EUR").values.currency.shop == "EUR");
  CHECK(with_flag("currency.d3", "EUR").values.currency.cart_workflow == "EUR");
  const auto by_environment = load_settings({.environment = {"ORDERFLOW_CURRENCY_D2=EUR", "ORDERFLOW_CURRENCY_ORDERS_V1=USD"}});
  CHECK(by_environment.errors.empty());
  CHECK(by_environment.values.currency.orderflow_api == "EUR");
  CHECK(by_environment.values.currency.orders_v1 == "USD");
  CHECK(with_flag("currency.d2", "usd").errors.size() == 1);
}

TEST_CASE("every kind of value is read") {
  CHECK(with_flag("listen", "[::1]:0").values.listen == listen_address{"::1", 0});
  CHECK(with_flag("listen", "localhost:80").values.listen == listen_address{"localhost", 80});
  CHECK(with_flag("http.max_body", "16MiB").values.http.max_body == 16 * 1024 * 1024);
  CHECK(with_flag("log.format", "json").values.log.format == log_format::json);
  CHECK(with_flag("journal", "postgresql://h/db").values.journal == "postgresql://h/db");
  CHECK(with_flag("catalogue.unknown_products", "refuse").values.catalogue.unknown_products == unknown_products::refuse);
  CHECK(with_flag("currency.orders_v1", "USD").values.currency.orders_v1 == "USD");
  CHECK(with_flag("tax.mode", "added").values.tax.mode == "added");
  CHECK(with_flag("tax.rate", "0.077").values.tax.rate_ppm == 77'000);
  CHECK(with_flag("tax.rate", "1").values.tax.rate_ppm == 1'000'000);
}

TEST_CASE("all mistakes are reported at once, even of values that another source overrides") {
  setting_sources from{.environment = {"ORDERFLOW_TIMERS_PAYMENT_DUE=soon"}};
  from.flags = {{"timers.payment_due", "5s", "--set"}, {"nonsense.key", "1", "--set"}};
  CHECK(load_settings(from).errors.size() == 2);
}

TEST_CASE("a path has no control characters, those that Unicode added among them") {
  for (const auto* text : {"a\nb", "a\x7f", "a\u0085"}) {
    setting_sources from;
    from.flags = {{"data", text, "--data"}};
    CHECK(only_error(load_settings(from)).find("control character") != std::string::npos);
  }
}

TEST_CASE("a file that cannot be read or is not TOML is refused with its name") {
  const auto absent = only_error(load_settings({.file = "/nonexistent/orderflow.toml"}));
  CHECK(absent.find("file /nonexistent/orderflow.toml cannot be read: No such file or directory") == 0);
  const config_file broken{"listen = \n"};
  CHECK(only_error(load_settings({.file = broken.path})).find("is not TOML") != std::string::npos);
  const config_file list{"listen = [\"a\"]\n"};
  CHECK(only_error(load_settings({.file = list.path})).find("listen must be a single value (address)") != std::string::npos);
  const config_file table{"[listen]\nport = 1\n"};
  CHECK(only_error(load_settings({.file = table.path})).find("listen must be a single value") != std::string::npos);
}

TEST_CASE("values that contradict each other are refused") {
  const auto pauses = only_error(with_flag("payment.retry_most", "50ms"));
  CHECK(pauses == "payment.retry_first (default) is longer than payment.retry_most (--set); lower the first or raise the second");
  setting_sources open{.flags = {{"dev", "true", "--dev"}, {"listen", "0.0.0.0:8080", "--listen"}}};
  CHECK(only_error(load_settings(open)).find("listen on 127.0.0.1 or leave dev out") != std::string::npos);
}

TEST_CASE("the journal is SQLite in the data directory unless it is given") {
  settings some;
  some.data = "here";
  CHECK(journal_url(some) == "sqlite:here/orderflow.db");
  some.data = "here/";
  CHECK(journal_url(some) == "sqlite:here/orderflow.db");
  some.journal = "sqlite:there";
  CHECK(journal_url(some) == "sqlite:there");
}

TEST_CASE("what --set takes has a key and an equals sign") {
  const auto flag = parse_set_flag("journal=postgresql://h/db?a=b");
  REQUIRE(flag);
  CHECK(flag->key == "journal");
  CHECK(flag->value == "postgresql://h/db?a=b");
  CHECK(flag->source == "--set");
  CHECK_FALSE(parse_set_flag("journal"));
  CHECK_FALSE(parse_set_flag("=x"));
}

TEST_CASE("the effective configuration is shown as a file that reads the same, with the origin of each value") {
  const auto loaded =
      load_settings({.environment = {"ORDERFLOW_DATA=a \"quoted\" \\ path"}, .flags = {{"http.max_body", "1MiB", "--set"}}});
  const auto shown = show_settings(loaded);
  CHECK(shown.find("http.max_body = \"1MiB\"  # --set\n") != std::string::npos);
  CHECK(shown.find("timers.payment_due = \"30m\"  # default\n") != std::string::npos);
  CHECK(shown.find("dev = false  # default\n") != std::string::npos);
  const config_file again{shown};
  const auto read = load_settings({.file = again.path});
  CHECK(read.errors.empty());
  CHECK(read.values == loaded.values);
}

TEST_CASE("no password is shown, nor repeated in a refusal") {
  for (const char* url : {"postgresql://me:hush-hush@db/orders", "postgres://me:hush-hush@db/orders?sslmode=require",
                          "postgresql://db/orders?user=me&password=hush-hush&sslmode=require",
                          "postgresql://me:a/hush-hush@db/orders", "postgresql://me:a@hush-hush@db/orders"}) {
    INFO(url);
    const auto shown = show_settings(with_flag("journal", url));
    CHECK(shown.find("hush-hush") == std::string::npos);
    CHECK(shown.find("***") != std::string::npos);
  }
  CHECK(show_settings(with_flag("journal", "postgresql://me@db/orders")).find("\"postgresql://me@db/orders\"") !=
        std::string::npos);
  CHECK(only_error(with_flag("journal", "mysql://me:hush-hush@db")).find("hush-hush") == std::string::npos);
}

TEST_CASE("every key says what it does, prints its default and takes back what it printed") {
  const settings defaults;
  for (const auto& key : setting_keys()) {
    INFO(key.name);
    CHECK(key.meaning.ends_with('.'));
    CHECK_FALSE(key.form.empty());
    settings copy;
    CHECK(key.read(copy, key.print(defaults)).empty());
    CHECK(copy == defaults);
  }
}

TEST_CASE("no two keys share a name or a variable") {
  for (const auto& one : setting_keys())
    for (const auto& other : setting_keys())
      if (&one != &other) CHECK(environment_name(one.name) != environment_name(other.name));
}

TEST_CASE("the deadlines of an order have the same defaults here as in the domain") {
  const timer_policy domain;
  const settings defaults;
  const auto& timers = defaults.timers;
  CHECK(timers.payment_reminder == domain.payment_reminder);
  CHECK(timers.payment_alert == domain.payment_alert);
  CHECK(timers.payment_due == domain.payment_due);
  CHECK(timers.stock_confirm == domain.stock_confirm);
  CHECK(timers.cart_expiry == domain.cart_expiry);
  CHECK(timers.shipping_overdue == domain.shipping_overdue);
}

TEST_CASE("docs/configuration.md holds the table of keys as it is") {
  const auto document = file_text(ORDERFLOW_SOURCE_DIR "/docs/configuration.md");
  CHECK_THAT(document, Catch::Matchers::ContainsSubstring("\n" + settings_reference()));
}

TEST_CASE("the address of a service is http or https with a host, kept without a slash at its end") {
  CHECK(with_flag("payment.url", "http://127.0.0.1:8081/").values.payment.url == "http://127.0.0.1:8081");
  CHECK(with_flag("payment.url", "https://pay.example/base").values.payment.url == "https://pay.example/base");
  CHECK(with_flag("payment.url", "").errors.empty());
  for (const auto* wrong :
       {"pay.example:80", "ftp://pay.example", "http://", "https:///", "http://a b", "http://a/?x=1", "http://a/#x"})
    CHECK(only_error(with_flag("payment.url", wrong)).starts_with("--set: payment.url"));
}

TEST_CASE("an address with a password in it is refused without repeating it") {
  const auto error = only_error(with_flag("notification.url", "https://me:s3cret@mail.example"));
  CHECK(error.find("s3cret") == std::string::npos);
  CHECK(error.find("token") != std::string::npos);
}

TEST_CASE("a key that has another name now is refused with that name, wherever it comes from") {
  CHECK(only_error(with_flag("notifications.per_hour", "5")) ==
        "--set: notifications.per_hour has another name now; write notification.per_hour");
  CHECK(only_error(load_settings({.environment = {"ORDERFLOW_NOTIFICATIONS_GIVE_UP_AFTER=1d"}})) ==
        "environment ORDERFLOW_NOTIFICATIONS_GIVE_UP_AFTER has another name now; write ORDERFLOW_NOTIFICATION_GIVE_UP_AFTER");
}

TEST_CASE("a remote service needs its address") {
  for (const std::string one : {"payment", "notification", "cart"}) {
    const auto error = only_error(with_flag(one + ".gateway", "http"));
    CHECK(error.find(one + ".url names no service") != std::string::npos);
    setting_sources both{.flags = {{one + ".gateway", "http", "--set"}, {one + ".url", "http://127.0.0.1:8081", "--set"}}};
    CHECK(load_settings(both).errors.empty());
  }
}
