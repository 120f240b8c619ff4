// Composition root: the command line, and what it starts.
#include <CLI/CLI.hpp>
#include <caf/init_global_meta_objects.hpp>
#include <iostream>

#include "base/crash_point.hpp"
#include "base/exit_code.hpp"
#include "bench/bench.hpp"
#include "cli/command_line.hpp"
#include "cli/db.hpp"
#include "cli/inspect.hpp"
#include "cli/keys_init.hpp"
#include "cli/sandbox.hpp"
#include "cli/serve.hpp"
#include "cli/token.hpp"
#include "messages/type_ids.hpp"

int main(int count, char** words) {
  using namespace orderflow;
  caf::init_global_meta_objects<caf::id_block::orderflow>();
  caf::core::init_global_meta_objects();
  if (auto wrong = arm_crash_point(); !wrong.empty()) {
    std::cerr << "orderflow: " << wrong << '\n';
    return static_cast<int>(exit_code::configuration);
  }
  CLI::App app{"orderflow: an order-processing runtime. Every order is a supervised actor; nothing acknowledged is lost.",
               "orderflow"};
  app.set_version_flag("--version", "orderflow " ORDERFLOW_VERSION, "Print the version and exit");
  app.require_subcommand(1);
  std::function<int()> chosen;
  add_serve_command(app, chosen);
  add_demo_command(app, chosen);
  add_sandbox_command(app, chosen);
  add_bench_command(app, chosen);
  add_db_command(app, chosen);
  add_token_commands(app, chosen);
  add_keys_command(app, chosen);
  add_inspect_commands(app, chosen);
  app.add_subcommand("help", "Print the help of the command whose name follows, such as: help db verify");
  auto code = exit_code::ok;
  return parse_command_line(app, count, words, code) ? chosen() : static_cast<int>(code);
}
