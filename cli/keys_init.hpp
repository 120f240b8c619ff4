// `orderflow keys init`: the keys of a data directory, made before the server first starts there.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>

namespace orderflow {

/// Adds the subcommand; if it is on the command line, `chosen` is set to what runs it and gives the exit code.
void add_keys_command(CLI::App& app, std::function<int()>& chosen);

}  // namespace orderflow
