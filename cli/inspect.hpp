// Small commands that tell about the program itself: version, configuration, crash points.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>

namespace orderflow {

/// `version`, `config {show,check,reference}`, `crash-points`.
void add_inspect_commands(CLI::App& app, std::function<int()>& chosen);

}  // namespace orderflow
