// `orderflow serve` and `orderflow demo`.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>

namespace orderflow {

/// Add the subcommands; the one on the command line sets `chosen` to what runs it and gives the exit code.
void add_serve_command(CLI::App& app, std::function<int()>& chosen);
void add_demo_command(CLI::App& app, std::function<int()>& chosen);

}  // namespace orderflow
