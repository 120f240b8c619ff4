// The flags that `serve`, `demo` and `config check` share, and the configuration that they make.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings.hpp"

namespace orderflow {

struct server_flags {
  std::string listen;
  std::string data;
  std::string journal;
  std::string file;
  bool dev = false;
  std::vector<std::string> set;
};

void add_server_flags(CLI::App& command, server_flags& flags);

/// The configuration with its origins and mistakes: flag > environment > file > default.
[[nodiscard]] loaded_settings load_from(const server_flags& flags, bool dev);

/// Says why nothing is started, one sentence a line: for people, or as lines of the log where that is read by programs.
void tell_start_failure(const settings& with, std::string_view what);

/// The values, with logging as they say; nothing where something is wrong: every mistake is told.
[[nodiscard]] std::optional<settings> settings_from(const server_flags& flags, bool dev);

}  // namespace orderflow
