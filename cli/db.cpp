#include "cli/db.hpp"

#include <iostream>
#include <memory>

#include "base/exit_code.hpp"
#include "cli/db_verify.hpp"
#include "config/settings.hpp"
#include "journal/store.hpp"

namespace orderflow {

namespace {

constexpr const char* about_skipping =
    "the next start leaves out all numbers of orders and messages that may have been given out since the copy was taken, and "
    "says "
    "which (numbers-skipped in the log)\n";

int restore(database& into, const std::string& source, std::ostream& out) {
  into.restore(source);
  out << into.describe() << ": restored from " << source << '\n';
  into.migrate();
  out << into.open_reader()->count_orders({})
      << " orders, the schema is up to date; check them with db verify, then start the server\n"
      << about_skipping;
  return static_cast<int>(exit_code::ok);
}

int verify(database& what, std::ostream& out) {
  try {
    const auto from = what.open_reader();
    return static_cast<int>(verify_journal(*from, out) ? exit_code::ok : exit_code::failed);
  } catch (const store_damaged& why) {
    tell_damage(why, out);
    return static_cast<int>(exit_code::failed);
  }
}

}  // namespace

int run_db(const db_options& options, std::ostream& out, std::ostream& err) {
  try {
    const auto db = make_database(options.journal);
    switch (options.action) {
      case db_action::migrate:
        db->migrate();
        out << db->describe() << ": the schema is up to date\n";
        return static_cast<int>(exit_code::ok);
      case db_action::backup:
        db->backup(options.target);
        out << db->describe() << ": copied to " << options.target << '\n';
        return static_cast<int>(exit_code::ok);
      case db_action::restore: return restore(*db, options.source, out);
      case db_action::skip_numbers:
        db->mark_as_copy();
        out << db->describe() << ": " << about_skipping;
        return static_cast<int>(exit_code::ok);
      case db_action::verify: return verify(*db, out);
    }
  } catch (const store_error& why) {
    err << "orderflow: " << why.what() << '\n';
  }
  return static_cast<int>(exit_code::unavailable);
}

void add_db_command(CLI::App& app, std::function<int()>& chosen) {
  auto* db = app.add_subcommand("db", "The journal itself: make or bring forward, copy, check");
  db->require_subcommand(1);
  const auto options = std::make_shared<db_options>();
  const auto add = [&](const char* name, db_action action, const char* what) {
    auto* command = db->add_subcommand(name, what);
    auto* journal = command->add_option("--journal", options->journal, "sqlite:PATH or postgresql://…");
    command->add_option("--data", options->data, "Data directory of a server that keeps its orders there, instead of --journal")
        ->excludes(journal);
    command->callback([&chosen, options, action] {
      if (options->journal.empty() && options->data.empty()) throw CLI::RequiredError{"--journal or --data"};
      options->action = action;
      settings kept;
      kept.data = options->data;
      if (options->journal.empty()) options->journal = journal_url(kept);
      chosen = [options] { return run_db(*options, std::cout, std::cerr); };
    });
    return command;
  };
  add("migrate", db_action::migrate, "Make the tables, or bring them forward to this version; a newer version is refused");
  add("backup", db_action::backup, "Write a consistent copy, also while the server runs")
      ->add_option("--to", options->target, "File to be made; it must not exist")
      ->required();
  add("restore", db_action::restore, "Fill an empty place with what such a copy holds; whatever is there already is refused")
      ->add_option("--from", options->source, "File that db backup made")
      ->required();
  add("skip-numbers", db_action::skip_numbers,
      "For a store that was copied by other means than db backup, before it is first started: the next start leaves out all "
      "numbers "
      "that the original may have given out since");
  add("verify", db_action::verify,
      "Check the database for damage, and every order and the stock against their events, also while the server runs. Exit code "
      "1 when something does not "
      "hold");
}

}  // namespace orderflow
