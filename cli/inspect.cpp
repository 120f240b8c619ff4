#include "cli/inspect.hpp"

#include <iostream>

#include "base/clock.hpp"
#include "base/crash_point.hpp"
#include "base/exit_code.hpp"
#include "cli/listeners.hpp"
#include "cli/server_flags.hpp"
#include "config/settings.hpp"

namespace orderflow {

namespace {

int show_config(const server_flags& flags) {
  const auto loaded = load_from(flags, flags.dev);
  for (const auto& error : loaded.errors) std::cerr << "orderflow: " << error << '\n';
  if (!loaded.errors.empty()) return static_cast<int>(exit_code::configuration);
  std::cout << show_settings(loaded);
  return 0;
}

/// Everything that `serve` would refuse before it starts anything, and certificates that clients would refuse; touches nothing.
int check_config(const server_flags& flags) {
  const auto with = settings_from(flags, flags.dev);
  if (!with) return static_cast<int>(exit_code::configuration);
  auto loaded = load_keys(keys_path(with->data));
  auto errors = std::holds_alternative<key_errors>(loaded) ? std::get<key_errors>(loaded).sentences : std::vector<std::string>{};
  const auto keys = std::holds_alternative<shared_keys>(loaded) ? std::get<shared_keys>(loaded) : std::make_shared<key_ring>();
  for (auto& each : listener_errors(*with, *keys)) errors.push_back(std::move(each));
  for (auto& each : certificate_faults(*with, machine_clock{}.now())) errors.push_back(std::move(each));
  for (const auto& error : errors) std::cerr << "orderflow: " << error << '\n';
  if (!errors.empty()) return static_cast<int>(exit_code::configuration);
  if (keys->token_keys.empty() && !with->dev)
    std::cerr << "orderflow: there are no token keys in " << keys_path(with->data)
              << ", so no token will be valid; that is allowed on loopback addresses only\n";
  std::cout << "the configuration is sound\n";
  return 0;
}

}  // namespace

void add_inspect_commands(CLI::App& app, std::function<int()>& chosen) {
  app.add_subcommand("version", "Print the version")->callback([&chosen] {
    chosen = [] {
      std::cout << "orderflow " ORDERFLOW_VERSION "\n";
      return 0;
    };
  });
  auto* config = app.add_subcommand("config", "Look at the configuration");
  config->require_subcommand(1);
  auto shown = std::make_shared<server_flags>();
  auto* show = config->add_subcommand(
      "show",
      "What `serve` with the same flags would use: each value with its origin, secrets masked; refuses what it would refuse");
  add_server_flags(*show, *shown);
  show->add_flag("--dev", shown->dev, "As for serve");
  show->callback([&chosen, shown] { chosen = [shown] { return show_config(*shown); }; });
  auto flags = std::make_shared<server_flags>();
  auto* check = config->add_subcommand("check", "Whether `serve` with the same flags would take the configuration and the keys");
  add_server_flags(*check, *flags);
  check->add_flag("--dev", flags->dev, "As for serve");
  check->callback([&chosen, flags] { chosen = [flags] { return check_config(*flags); }; });
  config->add_subcommand("reference", "Every key, as the table of docs/configuration.md")->callback([&chosen] {
    chosen = [] {
      std::cout << settings_reference();
      return 0;
    };
  });
  app.add_subcommand("crash-points", "Names for ORDERFLOW_CRASH_AT=NAME:N, which the kill tests use")->callback([&chosen] {
    chosen = [] {
      for (auto name : crash_points()) std::cout << name << '\n';
      return 0;
    };
  });
}

}  // namespace orderflow
