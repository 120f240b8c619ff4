// The flags that `serve`, `demo` and `config check` share, and the configuration that they make.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/settings.hpp"

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

/// The values, with logging as they say; nothing where something is wrong: every mistake is printed, and nothing is logged.
[[nodiscard]] std::optional<settings> settings_from(const server_flags& flags, bool dev);

}  // namespace orderflow
