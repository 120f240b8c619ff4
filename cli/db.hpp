// `orderflow db {migrate,backup,restore,skip-numbers,verify}`: what an operator does with the journal while the server is not
// looking.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <iosfwd>
#include <string>

namespace orderflow {

enum class db_action { migrate, backup, restore, skip_numbers, verify };

struct db_options {
  db_action action = db_action::verify;
  std::string journal;  ///< "sqlite:PATH" or "postgresql://…".
  std::string data;     ///< A data directory, for the journal that is kept in it.
  std::string target;   ///< backup: the file to be made.
  std::string source;   ///< restore: a file that backup made.
};

/// Returns the exit code: 0; 1 when `verify` found something; 69 when the journal cannot be reached, with the reason on `err`.
[[nodiscard]] int run_db(const db_options& options, std::ostream& out, std::ostream& err);

/// Adds the subcommand; if it is on the command line, `chosen` is set to what runs it and gives the exit code.
void add_db_command(CLI::App& app, std::function<int()>& chosen);

}  // namespace orderflow
