#include "cli/command_line.hpp"

#include <algorithm>
#include <iostream>

#include "base/nearest_word.hpp"

namespace orderflow {

namespace {

/// "orderflow db verify": as it is typed.
std::string full_name(const CLI::App& command) {
  const auto* above = command.get_parent();
  return above == nullptr ? command.get_name() : full_name(*above) + " " + command.get_name();
}

std::vector<const CLI::App*> children_of(const CLI::App& command) {
  return command.get_subcommands([](const CLI::App*) { return true; });
}

const CLI::App* find_subcommand(const CLI::App& command, const std::string& name) {
  const auto all = children_of(command);
  const auto found = std::find_if(all.begin(), all.end(), [&](const CLI::App* each) { return each->get_name() == name; });
  return found == all.end() ? nullptr : *found;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text.append(text.empty() ? "" : ", ").append(word);
  return text;
}

std::vector<std::string> subcommands_of(const CLI::App& command) {
  std::vector<std::string> names;
  for (const auto* each : children_of(command)) names.push_back(each->get_name());
  return names;
}

std::string nearest(std::string_view word, const std::vector<std::string>& known) {
  const std::vector<std::string_view> views(known.begin(), known.end());
  return std::string{nearest_word(word, views)};
}

std::string unknown_subcommand(const CLI::App& command, const std::string& word) {
  const auto known = subcommands_of(command);
  const auto near = nearest(word, known);
  return full_name(command) + " has no subcommand '" + word + "'; " +
         (near.empty() ? "there are " + joined(known) : "did you mean " + near + "?");
}

std::string unknown_flag(const CLI::App& command, const std::string& flag) {
  std::vector<std::string> known;
  for (const auto* each : command.get_options()) {
    for (const auto& name : each->get_lnames()) known.push_back(name);
  }
  const auto near = nearest(std::string_view{flag}.substr(std::min(flag.find_first_not_of('-'), flag.size())), known);
  return full_name(command) + " has no flag '" + flag + "'; " +
         (near.empty() ? "`" + full_name(command) + " --help` lists those that it has" : "did you mean --" + near + "?");
}

/// How many of the words behind an option are its values.
size_t values_after(const CLI::Option& option, const std::vector<std::string>& words, size_t place) {
  size_t count = 0;
  const auto most = static_cast<size_t>(std::max(0, option.get_items_expected_max()));
  while (count < most && place + count + 1 < words.size() && !words[place + count + 1].starts_with('-')) ++count;
  return count;
}

bool takes_words(const CLI::App& command) {
  const auto options = command.get_options();
  return std::any_of(options.begin(), options.end(), [](const CLI::Option* each) { return each->get_positional(); });
}

/// What is wrong where CLI11 has the better words: a value, a flag that is missing.
std::string sentence_of(const CLI::App& app, const CLI::ParseError& why) {
  const auto* command = &app;
  while (!command->get_subcommands().empty()) command = command->get_subcommands().front();
  if (command->get_require_subcommand_min() > 0)
    return full_name(*command) + " needs a subcommand: " + joined(subcommands_of(*command));
  std::string text = why.what();
  if (const auto end = text.find_last_not_of(" \n."); end != std::string::npos) text.resize(end + 1);
  return full_name(*command) + ": " + text;
}

}  // namespace

std::string unknown_word(const CLI::App& app, const std::vector<std::string>& words) {
  const auto* command = &app;
  for (size_t place = 0; place < words.size(); ++place) {
    const auto& word = words[place];
    if (word.size() > 1 && word.starts_with('-')) {
      const auto equals = word.find('=');
      const auto* option = command->get_option_no_throw(word.substr(0, equals));
      if (option == nullptr) return unknown_flag(*command, word.substr(0, equals));
      if (equals == std::string::npos) place += values_after(*option, words, place);
    } else if (const auto* next = find_subcommand(*command, word)) {
      command = next;
    } else if (takes_words(*command)) {
      continue;
    } else if (!children_of(*command).empty()) {
      return unknown_subcommand(*command, word);
    } else {
      return full_name(*command) + " takes no '" + word + "'; `" + full_name(*command) + " --help` shows what it takes";
    }
  }
  return {};
}

bool parse_command_line(CLI::App& app, int count, const char* const* words, exit_code& code) {
  std::vector<std::string> given{words + 1, words + count};
  if (!given.empty() && given.front() == "help") {
    given.erase(given.begin());
    given.emplace_back("--help");
  }
  const auto refuse = [&](const std::string& wrong) {
    std::cerr << wrong << '\n';
    code = exit_code::usage;
  };
  try {
    std::vector<std::string> backwards(given.rbegin(), given.rend());  // Words are taken off its end.
    app.parse(backwards);
    return true;
  } catch (const CLI::Success& wanted) {
    // Whoever asks for the help of a command that there is not gets no other one's.
    if (const auto wrong = unknown_word(app, given); !wrong.empty()) return refuse(wrong), false;
    app.exit(wanted);
    code = exit_code::ok;
  } catch (const CLI::ParseError& why) {
    const auto wrong = unknown_word(app, given);
    refuse(wrong.empty() ? sentence_of(app, why) + "; see --help" : wrong);
  }
  return false;
}

}  // namespace orderflow
