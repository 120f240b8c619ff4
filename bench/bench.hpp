// `orderflow bench`: concurrent orders against a running server, and the proof that each of them is really there.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>

namespace orderflow {

/// Adds the subcommand; when it is on the command line, `chosen` is set to what runs it and gives the exit code.
void add_bench_command(CLI::App& app, std::function<int()>& chosen);

}  // namespace orderflow
