// `orderflow sandbox`: the stand-ins for outside systems as a process of their own.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>

namespace orderflow {

/// `chosen` is set when this command was given.
void add_sandbox_command(CLI::App& app, std::function<int()>& chosen);

}  // namespace orderflow
