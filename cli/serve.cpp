#include "cli/serve.hpp"

#include <iostream>

#include "cli/demo_traffic.hpp"
#include "cli/server/server_process.hpp"
#include "cli/server_flags.hpp"

namespace orderflow {

namespace {

/// Starts a server, tells where it listens, and runs until it is asked to stop.
int run(const server_flags& flags, bool dev, const std::function<void(server_process&)>& once_up) {
  auto with = settings_from(flags, dev);
  if (!with) return static_cast<int>(exit_code::configuration);
  try {
    server_process server{*with};
    for (const auto& url : server.urls()) std::cout << "listening on " << url << std::endl;
    once_up(server);
    return static_cast<int>(server.wait());
  } catch (const start_failure& why) {
    tell_start_failure(*with, why.what);
    return static_cast<int>(why.code);
  }
}

constexpr const char* dev_meaning =
    "For development, on loopback only. One bundle: requests without a token act as operator 'dev'; payment, carrier and mail "
    "are the built-in sandbox; /dev endpoints; the demo catalogue; a generated keys.toml with one client 'demo'";

}  // namespace

void add_serve_command(CLI::App& app, std::function<int()>& chosen) {
  auto flags = std::make_shared<server_flags>();
  auto* command = app.add_subcommand("serve", "Run the server until SIGTERM");
  add_server_flags(*command, *flags);
  command->add_flag("--dev", flags->dev, dev_meaning);
  command->footer(
      "Example: orderflow serve --dev --listen 127.0.0.1:8080 --data ./orderflow-data\nAll configuration keys: "
      "docs/configuration.md");
  command->callback([flags, &chosen] { chosen = [flags] { return run(*flags, flags->dev, [](server_process&) {}); }; });
}

void add_demo_command(CLI::App& app, std::function<int()>& chosen) {
  auto flags = std::make_shared<server_flags>();
  auto* command = app.add_subcommand("demo", "Run the server with --dev and simulated customers who place real orders over HTTP");
  add_server_flags(*command, *flags);
  command->callback([flags, &chosen] {
    chosen = [flags] {
      std::unique_ptr<demo_traffic> customers;
      return run(*flags, true,
                 [&](server_process& server) { customers = std::make_unique<demo_traffic>(server.urls().front()); });
    };
  });
}

}  // namespace orderflow
