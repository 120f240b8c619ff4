#include "cli/inspect.hpp"

#include <iostream>

#include "base/crash_point.hpp"
#include "base/exit_code.hpp"
#include "base/settings.hpp"

namespace orderflow {

namespace {

int show_config(const std::string& file) {
  setting_sources sources;
  sources.file = file;
  sources.environment = process_environment();
  auto loaded = load_settings(sources);
  for (const auto& error : loaded.errors) std::cerr << "orderflow: " << error << '\n';
  if (!loaded.errors.empty()) return static_cast<int>(exit_code::configuration);
  std::cout << show_settings(loaded);
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
  auto file = std::make_shared<std::string>();
  auto* show = config->add_subcommand(
      "show", "The effective configuration, the origin of each value, secrets masked; refuses what `serve` would refuse");
  show->add_option("--config", *file, "Configuration file (TOML)");
  show->callback([&chosen, file] { chosen = [file] { return show_config(*file); }; });
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
