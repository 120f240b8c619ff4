// What is wrong with a command line, as one sentence: what, why, and the nearest word that exists.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "base/exit_code.hpp"

namespace orderflow {

/// The first word that no command above it knows, as a sentence that names the nearest one; empty when all are known.
[[nodiscard]] std::string unknown_word(const CLI::App& app, const std::vector<std::string>& words);

/// Parses; what the words ask for has been noted by the commands' callbacks. False: it has been told, help or what is wrong,
/// and `code` is how the program ends.
[[nodiscard]] bool parse_command_line(CLI::App& app, int count, const char* const* words, exit_code& code);

}  // namespace orderflow
