#include "cli/command_line.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace orderflow;

namespace {

/// A command line with what makes parsing hard: nested commands, flags with and without a value, free words.
struct sample {
  sample() {
    auto* serve = app.add_subcommand("serve");
    serve->add_option("--listen", listen);
    serve->add_option("--set", set);
    serve->add_flag("--dev", dev);
    auto* db = app.add_subcommand("db");
    db->require_subcommand(1);
    db->add_subcommand("verify")->add_option("--journal", journal)->required();
    app.add_subcommand("report")->add_option("results", results);
    app.require_subcommand(1);
  }
  CLI::App app{"a sample", "orderflow"};
  std::string listen;
  std::string journal;
  std::vector<std::string> set;
  std::vector<std::string> results;
  bool dev = false;
};

}  // namespace

TEST_CASE("words that commands know are no mistake, whatever their values look like") {
  const sample given;
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"serve", "--listen", "db", "--dev"},
                                             {"serve", "--listen=nowhere", "--set", "a=1", "b=2"},
                                             {"db", "verify", "--journal", "x"},
                                             {"report", "one", "two"},
                                             {"serve", "--help"},
                                             {}}) {
    CHECK(unknown_word(given.app, words).empty());
  }
}

TEST_CASE("a word that no command knows is named with the nearest one of the command that it was given to") {
  const sample given;
  CHECK(unknown_word(given.app, {"srve"}) == "orderflow has no subcommand 'srve'; did you mean serve?");
  CHECK(unknown_word(given.app, {"db", "verfy"}) == "orderflow db has no subcommand 'verfy'; did you mean verify?");
  CHECK(unknown_word(given.app, {"zebra"}) == "orderflow has no subcommand 'zebra'; there are serve, db, report");
  CHECK(unknown_word(given.app, {"serve", "--lsiten=x"}) == "orderflow serve has no flag '--lsiten'; did you mean --listen?");
  CHECK(unknown_word(given.app, {"serve", "--zebra"}) ==
        "orderflow serve has no flag '--zebra'; `orderflow serve --help` lists those that it has");
  CHECK(unknown_word(given.app, {"serve", "--dev", "now"}) ==
        "orderflow serve takes no 'now'; `orderflow serve --help` shows what it takes");
}

TEST_CASE("a command line that is wrong ends with the code for it, and help does not") {
  auto code = exit_code::failed;
  sample wrong;
  const char* const mistyped[] = {"orderflow", "srve"};
  CHECK_FALSE(parse_command_line(wrong.app, 2, mistyped, code));
  CHECK(code == exit_code::usage);
  sample req;
  const char* const help[] = {"orderflow", "serve", "--help"};
  CHECK_FALSE(parse_command_line(req.app, 3, help, code));
  CHECK(code == exit_code::ok);
  sample right;
  const char* const words[] = {"orderflow", "serve", "--dev"};
  CHECK(parse_command_line(right.app, 3, words, code));
  CHECK(right.dev);
}

TEST_CASE("help is of the command that was named, before it or behind it, and of no other") {
  const auto ends_with = [](std::vector<const char*> words) {
    words.insert(words.begin(), "orderflow");
    sample req;
    auto code = exit_code::failed;
    CHECK_FALSE(parse_command_line(req.app, static_cast<int>(words.size()), words.data(), code));
    return code;
  };
  CHECK(ends_with({"help"}) == exit_code::ok);
  CHECK(ends_with({"help", "serve"}) == exit_code::ok);
  CHECK(ends_with({"help", "db", "verify"}) == exit_code::ok);
  CHECK(ends_with({"servr", "--help"}) == exit_code::usage);
  CHECK(ends_with({"--help", "servr"}) == exit_code::usage);
  CHECK(ends_with({"db", "verfy", "--help"}) == exit_code::usage);
  CHECK(ends_with({"help", "servr"}) == exit_code::usage);
}
