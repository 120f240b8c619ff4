#include "cli/keys_init.hpp"

#include <filesystem>
#include <iostream>
#include <stdexcept>
#include <system_error>

#include "base/exit_code.hpp"
#include "base/file_error.hpp"
#include "http/auth/keys.hpp"
#include "http/auth/principal.hpp"

namespace orderflow {

namespace {

struct keys_flags {
  std::string data = "orderflow-data";
  std::vector<std::string> clients = {"shop"};
};

int fail(exit_code code, const std::string& what) {
  std::cerr << "orderflow: " << what << '\n';
  return static_cast<int>(code);
}

int init_keys(const keys_flags& flags) {
  for (const auto& client : flags.clients) {
    if (!is_principal_name(client)) return fail(exit_code::usage, "--client has 1 to 255 bytes and no control characters");
  }
  const auto path = keys_path(flags.data);
  std::error_code wrong;
  std::filesystem::create_directories(flags.data, wrong);
  if (wrong) return fail(exit_code::unavailable, file_error("cannot make the data directory '" + flags.data + "'", wrong));
  try {
    if (!make_keys(
            path, {"Made by `orderflow keys init`. Secrets: readable by the owner only.", "token-1", flags.clients, "webhook-1"}))
      return fail(exit_code::failed,
                  path +
                      " exists and is not overwritten: tokens signed with its keys would end. Edit it to add or "
                      "change keys, then send the server SIGHUP");
  } catch (const std::runtime_error& why) {
    return fail(exit_code::unavailable, why.what());
  }
  std::cout << "made " << path << ", readable by its owner only: a key that signs tokens, signing secrets of "
            << flags.clients.size() << " client(s), a secret for callbacks\n"
            << "`orderflow token --data " << flags.data << " --subject NAME --role operator` prints a token\n";
  return static_cast<int>(exit_code::ok);
}

}  // namespace

void add_keys_command(CLI::App& app, std::function<int()>& chosen) {
  auto flags = std::make_shared<keys_flags>();
  auto* keys = app.add_subcommand("keys", "The keys of a data directory");
  keys->require_subcommand(1);
  auto* init =
      keys->add_subcommand("init", "Make keys.toml with fresh random secrets; an existing one is left as it is, exit code 1");
  init->add_option("--data", flags->data, "Data directory; made if absent")->capture_default_str();
  init->add_option("--client", flags->clients, "Program that signs the orders of the shop document; may be repeated")
      ->capture_default_str();
  init->callback([&chosen, flags] { chosen = [flags] { return init_keys(*flags); }; });
}

}  // namespace orderflow
