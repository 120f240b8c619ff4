#include "cli/server_flags.hpp"

#include <algorithm>
#include <iostream>

#include "base/log.hpp"

namespace orderflow {

void add_server_flags(CLI::App& command, server_flags& flags) {
  command.add_option("--listen", flags.listen, "Address and port to listen on; port 0 takes any free one [127.0.0.1:8080]");
  command.add_option("--data", flags.data, "Directory for the database, keys and sandbox; made if absent [orderflow-data]");
  command.add_option("--journal", flags.journal, "sqlite:PATH or postgresql://USER@HOST/NAME [sqlite in the data directory]");
  command.add_option("--config", flags.file, "Configuration file (TOML); see docs/configuration.md");
  command.add_option("--set", flags.set, "One configuration key, such as --set timers.payment_due=15m; may be repeated")
      ->check(CLI::Validator{
          [](std::string& text) { return parse_set_flag(text) ? std::string{} : "takes KEY=VALUE, not '" + text + "'"; },
          "KEY=VALUE"});
}

loaded_settings load_from(const server_flags& flags, bool dev) {
  setting_sources sources;
  sources.file = flags.file;
  sources.environment = process_environment();
  std::erase_if(sources.environment, [](const std::string& one) { return one.starts_with("ORDERFLOW_CRASH_AT="); });
  for (const auto& text : flags.set) {
    if (auto flag = parse_set_flag(text)) sources.flags.push_back(std::move(*flag));
  }
  auto add = [&](const char* key, const std::string& value, const char* source) {
    if (!value.empty()) sources.flags.push_back({key, value, source});
  };
  add("listen", flags.listen, "--listen");
  add("data", flags.data, "--data");
  add("journal", flags.journal, "--journal");
  if (dev) add("dev", "true", "--dev");
  return load_settings(sources);
}

void tell_start_failure(const settings& with, std::string_view what) {
  const bool as_json = with.log.format == log_format::json && log_enabled(log_level::error);
  while (!what.empty()) {
    const auto line = what.substr(0, what.find('\n'));
    what.remove_prefix(std::min(line.size() + 1, what.size()));
    if (as_json)
      write_every_log(log_level::error, "start-failed", {{"because", line}});
    else
      std::cerr << "orderflow: " << line << '\n';
  }
}

std::optional<settings> settings_from(const server_flags& flags, bool dev) {
  auto loaded = load_from(flags, dev);
  start_logging(loaded.values.log.level, loaded.values.log.format);
  for (const auto& error : loaded.errors) tell_start_failure(loaded.values, error);
  if (!loaded.errors.empty()) return std::nullopt;
  for (const auto& name : loaded.unknown_variables) log_warn("unknown-variable", {{"name", name}});
  return loaded.values;
}

}  // namespace orderflow
