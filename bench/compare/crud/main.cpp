// The process: options, the pool, the listener, until SIGTERM.
#include <CLI/CLI.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <iostream>

#include "bench/compare/crud/shop.hpp"
#include "config/setting_values.hpp"
#include "http/server/server.hpp"

namespace {

using namespace orderflow;

struct crud_options {
  std::string listen = "127.0.0.1:0";
  std::string postgres;
  unsigned pool = 24;
};

void defect(std::string_view what) { std::cerr << "crud: " << what << '\n'; }

/// In order of construction: what callbacks refer to comes before what holds them.
struct crud_process {
  crud_process(const listen_address& at, const crud_options& with)
      : admission({}, [] { return present_load{}; }),
        auth(time, unwritten, [] { return std::make_shared<const key_ring>(); }),
        store(io, with.postgres, with.pool),
        handlers(store, time),
        listening(io, {}, time, defect) {
    store.start();
    listener_settings settings;
    settings.address = at.host;
    settings.port = at.port;
    settings.fixed_principal = dev_principal();
    listening.listen(std::make_unique<request_pipeline>(settings, handlers.routes(), admission, auth, defect));
    signals.async_wait([this](boost::system::error_code, int) { io.stop(); });
  }

  machine_clock time;
  boost::asio::io_context io{1};
  boost::asio::signal_set signals{io, SIGTERM, SIGINT};
  admission_control admission;
  audit_log unwritten;
  authenticator auth;
  crud::database store;
  crud::shop handlers;
  server listening;
};

}  // namespace

int main(int argc, char** argv) {
  crud_options options;
  CLI::App app{"An order service as one would write it on tables: one transaction per order"};
  app.add_option("--listen", options.listen, "Address and port; port 0 takes any free one")->capture_default_str();
  app.add_option("--postgres", options.postgres, "URL of the database")->required();
  app.add_option("--pool", options.pool, "Connections to the database")->check(CLI::Range(1u, 1000u))->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  try {
    std::signal(SIGPIPE, SIG_IGN);
    listen_address at;
    if (const auto wrong = setting_values::read(at, options.listen); !wrong.empty())
      throw std::runtime_error{"--listen " + wrong};
    crud_process process{at, options};
    std::cout << "listening on http://" << at.host << ':' << process.listening.port() << std::endl;
    process.io.run();
    process.listening.stop();
    return 0;
  } catch (const std::exception& why) {
    defect(why.what());
    return 1;
  }
}
