#include "cli/serve.hpp"

#include <iostream>

#include "base/log.hpp"
#include "cli/demo_traffic.hpp"
#include "cli/server_process.hpp"

namespace orderflow {

namespace {

/// The flags that `serve` and `demo` share.
struct server_flags {
  std::string listen;
  std::string data;
  std::string journal;
  std::string file;
  bool dev = false;
  std::vector<std::string> set;
};

void add_flags(CLI::App& command, server_flags& flags) {
  command.add_option("--listen", flags.listen, "Address and port to listen on; port 0 takes any free one [127.0.0.1:8080]");
  command.add_option("--data", flags.data, "Directory for the database, keys and sandbox; made if absent [orderflow-data]");
  command.add_option("--journal", flags.journal, "sqlite:PATH or postgresql://USER@HOST/NAME [sqlite in the data directory]");
  command.add_option("--config", flags.file, "Configuration file (TOML); see docs/configuration.md");
  command.add_option("--set", flags.set, "One configuration key, such as --set timers.payment_due=15m; may be repeated");
}

/// Flag > environment > file > default. Prints every mistake at once.
std::optional<settings> settings_from(const server_flags& flags, bool dev) {
  setting_sources sources;
  sources.file = flags.file;
  sources.environment = process_environment();
  std::erase_if(sources.environment, [](const std::string& one) { return one.starts_with("ORDERFLOW_CRASH_AT="); });
  for (const auto& text : flags.set) {
    auto flag = parse_set_flag(text);
    if (!flag) {
      std::cerr << "orderflow: --set takes KEY=VALUE, not '" << text << "'\n";
      return std::nullopt;
    }
    sources.flags.push_back(std::move(*flag));
  }
  auto add = [&](const char* key, const std::string& value, const char* source) {
    if (!value.empty()) sources.flags.push_back({key, value, source});
  };
  add("listen", flags.listen, "--listen");
  add("data", flags.data, "--data");
  add("journal", flags.journal, "--journal");
  if (dev) add("dev", "true", "--dev");
  auto loaded = load_settings(sources);
  for (const auto& error : loaded.errors) std::cerr << "orderflow: " << error << '\n';
  if (!loaded.errors.empty()) return std::nullopt;
  start_logging(loaded.values.log.level, loaded.values.log.format);
  for (const auto& name : loaded.unknown_variables) log_warn("unknown-variable", "name={}", name);
  return loaded.values;
}

bool loopback(const std::string& host) { return host == "localhost" || host == "::1" || host.starts_with("127."); }

/// Starts a server, tells where it listens, and runs until it is asked to stop.
int run(const server_flags& flags, bool dev, const std::function<void(server_process&)>& once_up) {
  auto with = settings_from(flags, dev);
  if (!with) return static_cast<int>(exit_code::configuration);
  if (!loopback(with->listen.host)) {
    std::cerr << "orderflow: payment, carrier and mail are the built-in sandbox, which is not offered to a network; '"
              << with->listen.host << "' is not a loopback address. Use --listen 127.0.0.1:PORT.\n";
    return static_cast<int>(exit_code::configuration);
  }
  try {
    server_process server{*with};
    std::cout << "listening on " << server.url() << std::endl;
    once_up(server);
    return static_cast<int>(server.wait());
  } catch (const start_failure& why) {
    std::cerr << "orderflow: " << why.what << '\n';
    return static_cast<int>(why.code);
  }
}

constexpr const char* dev_meaning =
    "For development, on loopback only. One bundle: requests without a token act as operator 'dev'; payment, carrier and mail "
    "are "
    "the built-in sandbox; /dev endpoints; the demo catalogue";

}  // namespace

void add_serve_command(CLI::App& app, std::function<int()>& chosen) {
  auto flags = std::make_shared<server_flags>();
  auto* command = app.add_subcommand("serve", "Run the server until SIGTERM");
  add_flags(*command, *flags);
  command->add_flag("--dev", flags->dev, dev_meaning);
  command->footer(
      "Example: orderflow serve --dev --listen 127.0.0.1:8080 --data ./orderflow-data\nAll configuration keys: "
      "docs/configuration.md");
  command->callback([flags, &chosen] { chosen = [flags] { return run(*flags, flags->dev, [](server_process&) {}); }; });
}

void add_demo_command(CLI::App& app, std::function<int()>& chosen) {
  auto flags = std::make_shared<server_flags>();
  auto* command = app.add_subcommand("demo", "Run the server with --dev and simulated customers who place real orders over HTTP");
  add_flags(*command, *flags);
  command->callback([flags, &chosen] {
    chosen = [flags] {
      std::unique_ptr<demo_traffic> customers;
      return run(*flags, true, [&](server_process& server) { customers = std::make_unique<demo_traffic>(server.url()); });
    };
  });
}

}  // namespace orderflow
