#include "cli/token.hpp"

#include <iostream>
#include <iterator>

#include "base/clock.hpp"
#include "base/duration.hpp"
#include "base/exit_code.hpp"
#include "http/auth/principal.hpp"
#include "http/auth/signed_body.hpp"
#include "http/auth/token.hpp"

namespace orderflow {

namespace {

struct token_flags {
  std::string data = "orderflow-data";
  std::string subject;
  std::string client;
  std::string role{to_string(role::customer)};
  std::string tenant{usual_tenant};
  std::string ttl = "15m";
};

struct sign_flags {
  std::string data = "orderflow-data";
  std::string token;
  std::string client;
};

int fail(exit_code code, const std::string& what) {
  std::cerr << "orderflow: " << what << '\n';
  return static_cast<int>(code);
}

/// The ring of a data directory, or nothing: what is wrong has been printed.
shared_keys keys_of(const std::string& data) {
  auto loaded = load_keys(keys_path(data));
  if (auto* keys = std::get_if<shared_keys>(&loaded)) return *keys;
  for (const auto& each : std::get<key_errors>(loaded).sentences) std::cerr << "orderflow: " << each << '\n';
  return nullptr;
}

/// The program that was named, or the first one of the file; a token names one in any case.
std::string client_of(const key_ring& keys, const std::string& wanted) {
  if (!wanted.empty()) return wanted;
  return keys.clients.empty() ? "cli" : keys.clients.front().id;
}

int print_token(const token_flags& flags) {
  const auto as = parse_role(flags.role);
  if (!as) return fail(exit_code::usage, "--role is customer, merchant, service or operator, not '" + flags.role + "'");
  const auto incarnation = parse_duration(flags.ttl);
  if (!incarnation.error.empty() || incarnation.value.count() <= 0)
    return fail(exit_code::usage, "--ttl " + (incarnation.error.empty() ? "must be longer than nothing" : incarnation.error));
  const auto keys = keys_of(flags.data);
  if (!keys) return static_cast<int>(exit_code::configuration);
  const auto client = client_of(*keys, flags.client);
  for (const auto& name : {flags.subject, flags.tenant, client}) {
    if (!is_principal_name(name)) return fail(exit_code::usage, "--subject, --tenant and --client have 1 to 255 bytes");
  }
  const auto token = issue_token({flags.subject, flags.tenant, *as, client}, *keys, machine_clock{}.now(), incarnation.value);
  if (!token)
    return fail(exit_code::configuration, keys_path(flags.data) +
                                              " has no [[token_key]] to sign with; `orderflow keys init` "
                                              "makes one");
  std::cout << *token << '\n';
  return 0;
}

int print_signed_body(const sign_flags& flags) {
  const auto keys = keys_of(flags.data);
  if (!keys) return static_cast<int>(exit_code::configuration);
  const auto* client = keys->client(client_of(*keys, flags.client));
  if (client == nullptr)
    return fail(exit_code::configuration, keys_path(flags.data) + " has no [[client]]" +
                                              (flags.client.empty() ? "" : " with id = \"" + flags.client + "\"") +
                                              "; `orderflow keys init --client ID` makes one in a new file");
  const std::string body{std::istreambuf_iterator<char>{std::cin}, {}};
  const auto made = sign_body(body, flags.token, client->bytes);
  if (!made.error.empty()) return fail(exit_code::failed, made.error);
  std::cout << made.body << '\n';
  return 0;
}

void add_data(CLI::App& command, std::string& into) {
  command.add_option("--data", into, "Data directory with keys.toml")->capture_default_str();
}

}  // namespace

void add_token_commands(CLI::App& app, std::function<int()>& chosen) {
  auto wanted = std::make_shared<token_flags>();
  auto* token = app.add_subcommand("token", "Print a bearer token, signed with the first token key of keys.toml");
  add_data(*token, wanted->data);
  token->add_option("--subject", wanted->subject, "Who it is for, such as a user id")->required();
  token->add_option("--client", wanted->client, "The program that will use it (claim azp) [the first client of keys.toml]");
  token->add_option("--role", wanted->role, "customer, merchant, service or operator")->capture_default_str();
  token->add_option("--tenant", wanted->tenant, "The shop that the subject belongs to")->capture_default_str();
  token->add_option("--ttl", wanted->ttl, "How long it counts, such as 15m")->capture_default_str();
  token->callback([&chosen, wanted] { chosen = [wanted] { return print_token(*wanted); }; });

  auto flags = std::make_shared<sign_flags>();
  auto* sign =
      app.add_subcommand("sign", "Read the body of POST /api/orders/create, print it with token and signature filled in");
  add_data(*sign, flags->data);
  sign->add_option("--token", flags->token, "The bearer token of the order's user")->required();
  sign->add_option("--client", flags->client, "Whose signing secret to use: the token's client [the first of keys.toml]");
  sign->callback([&chosen, flags] { chosen = [flags] { return print_signed_body(*flags); }; });
}

}  // namespace orderflow
