// `orderflow token` and `orderflow sign`: what a client of the interface needs from whoever holds the keys.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>

namespace orderflow {

void add_token_commands(CLI::App& app, std::function<int()>& chosen);

}  // namespace orderflow
