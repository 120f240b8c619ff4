#include "cli/sandbox.hpp"
#include "cli/ignored_signals.hpp"

#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <iostream>
#include <optional>
#include <stdexcept>

#include "base/clock.hpp"
#include "base/exit_code.hpp"
#include "base/log.hpp"
#include "config/setting_values.hpp"
#include "http/api/sandbox/sandbox_callbacks.hpp"
#include "http/api/sandbox/sandbox_service.hpp"
#include "http/server/server.hpp"

namespace orderflow {

namespace {

namespace asio = boost::asio;

struct sandbox_flags {
  std::string listen = "127.0.0.1:8081";
  std::string data = "orderflow-sandbox";
  std::string callback;
  std::string keys;
  bool dev = false;
};

bool is_loopback(const std::string& host) {
  boost::system::error_code wrong;
  const auto address = asio::ip::make_address(host, wrong);
  return !wrong && address.is_loopback();
}

/// Whoever reaches it may charge and look at everything: it holds nobody's money.
listener_settings listener_of(const listen_address& at, bool dev) {
  listener_settings made;
  made.address = at.host;
  made.port = at.port;
  made.fixed_principal = dev_principal();
  if (dev && !is_loopback(at.host)) made.allowed_hosts.emplace_back("*");
  return made;
}

/// The first one signs, as everywhere.
secret<std::string> webhook_secret_in(const std::string& path) {
  const auto loaded = load_keys(path);
  if (const auto* wrong = std::get_if<key_errors>(&loaded)) throw std::runtime_error{wrong->sentences.front()};
  const auto& secrets = std::get<shared_keys>(loaded)->webhook_secrets;
  if (secrets.empty()) throw std::runtime_error{"'" + path + "' has no [[webhook_secret]]; name a file that has one with --keys"};
  return secrets.front().bytes;
}

/// In order of construction: what callbacks refer to comes before what holds them.
struct sandbox_process {
  sandbox_process(const listen_address& at, const sandbox_flags& with)
      : admission({}, [] { return present_load{}; }),
        auth(time, unwritten, [] { return std::make_shared<const key_ring>(); }),
        world(with.data + "/sandbox", time),
        service(world, time, io),
        listening(io, {}, time, defect) {
    if (!with.callback.empty()) call_back(with);
    listening.listen(
        std::make_unique<request_pipeline>(listener_of(at, with.dev), sandbox_service_routes(service), admission, auth, defect));
    signals.async_wait([this](boost::system::error_code, int) { io.stop(); });
  }

  ~sandbox_process() {
    client.reset();  // Its callbacks use the others.
  }
  sandbox_process(const sandbox_process&) = delete;
  sandbox_process& operator=(const sandbox_process&) = delete;

  void call_back(const sandbox_flags& with) {
    client = std::make_unique<http_client>();
    callbacks.emplace(with.callback, webhook_secret_in(with.keys), time, *client);
    service.told = [this](order_id order, const charge_answer& answer) { callbacks->tell(order, answer); };
  }

  void run() {
    while (!io.stopped()) {
      try {
        io.run();
      } catch (const std::exception& what) {
        defect(what.what());
      }
    }
    listening.stop();
  }

  static void defect(std::string_view what) { log_error("sandbox-handler-defect", {{"what", what}}); }

  machine_clock time;
  asio::io_context io{1};
  asio::signal_set signals{io, SIGTERM, SIGINT};
  admission_control admission;
  audit_log unwritten;
  authenticator auth;
  sandbox world;
  sandbox_service service;
  std::unique_ptr<http_client> client;
  std::optional<sandbox_callbacks> callbacks;
  server listening;
};

int run(const sandbox_flags& flags) {
  const auto fail = [](exit_code code, const std::string& what) {
    std::cerr << "orderflow: " << what << '\n';
    return static_cast<int>(code);
  };
  listen_address at;
  if (const auto wrong = setting_values::read(at, flags.listen); !wrong.empty())
    return fail(exit_code::usage, "--listen " + wrong);
  std::string callback;
  if (const auto wrong = setting_values::read_url(callback, flags.callback); !wrong.empty())
    return fail(exit_code::usage, "--callback " + wrong);
  if (!flags.dev && !is_loopback(at.host))
    return fail(exit_code::configuration, "the sandbox takes requests from anybody who reaches it; '" + at.host +
                                              "' is not a loopback address. Use --listen 127.0.0.1:PORT, or --dev if you "
                                              "mean it.");
  try {
    ignore_signals();
    sandbox_process process{at, flags};
    const auto host = at.host.find(':') == std::string::npos ? at.host : "[" + at.host + "]";
    std::cout << "listening on http://" << host << ':' << process.listening.port() << std::endl;
    process.run();
    return static_cast<int>(exit_code::ok);
  } catch (const std::exception& why) {
    return fail(exit_code::unavailable, why.what());
  }
}

}  // namespace

void add_sandbox_command(CLI::App& app, std::function<int()>& chosen) {
  auto flags = std::make_shared<sandbox_flags>();
  auto* command = app.add_subcommand(
      "sandbox", "Run the stand-ins for a payment and a notification service as a process of their own, until SIGTERM");
  command->add_option("--listen", flags->listen, "Address and port to listen on; port 0 takes any free one")
      ->capture_default_str();
  command->add_option("--data", flags->data, "Directory for the ledger and the mailbox; made if absent")->capture_default_str();
  auto* callback =
      command->add_option("--callback", flags->callback,
                          "Order service that is told of charges which end by themselves, such as http://127.0.0.1:8080");
  auto* keys = command->add_option("--keys", flags->keys, "keys.toml whose first [[webhook_secret]] signs the callbacks");
  callback->needs(keys);
  keys->needs(callback);
  command->add_flag("--dev", flags->dev, "Also listen on an address that is not loopback");
  command->footer(
      "Example: orderflow sandbox --listen 127.0.0.1:8081, and then\n"
      "orderflow serve --set payment.gateway=http --set payment.url=http://127.0.0.1:8081\nMore: docs/remote.md");
  command->callback([flags, &chosen] { chosen = [flags] { return run(*flags); }; });
}

}  // namespace orderflow
