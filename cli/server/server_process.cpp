#include "cli/server/server_process.hpp"

#include <sys/signalfd.h>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <caf/telemetry/collector/prometheus.hpp>
#include <csignal>
#include <filesystem>
#include <iostream>
#include <thread>

#include "base/clock.hpp"
#include "base/crash_point.hpp"
#include "base/file_error.hpp"
#include "base/thread.hpp"
#include "cli/actor_limits.hpp"
#include "cli/build_metric.hpp"
#include "cli/clock_watch.hpp"
#include "cli/configured_services.hpp"
#include "cli/demo_catalogue.hpp"
#include "cli/file_limit.hpp"
#include "cli/ignored_signals.hpp"
#include "cli/listeners.hpp"
#include "cli/lost_database.hpp"
#include "cli/outage_signs.hpp"
#include "cli/outage_watch.hpp"
#include "codec/order_json.hpp"
#include "http/auth/principal.hpp"
#include "http/bridge/bridge_actor.hpp"
#include "http/service.hpp"
#include "supervision/guardian.hpp"

namespace orderflow {

namespace {

constexpr auto drain_timeout = std::chrono::seconds{5};
/// Files of the store, logs, descriptors of the threads: with room to spare.
constexpr uint32_t files_of_our_own = 128;

timer_policy timers_of(const settings& with) {
  const auto& t = with.timers;
  return {t.payment_reminder, t.payment_alert, t.payment_due, t.stock_confirm, t.cart_expiry, t.shipping_overdue};
}

/// Words and rate were checked when the settings were read.
tax_policy tax_of(const settings& with) { return {parse_tax_mode(with.tax.mode).value_or(tax_mode::none), with.tax.rate_ppm}; }

currency currency_of(std::string_view key, const std::string& code) {
  if (const auto known = find_currency(code)) return *known;
  throw start_failure{exit_code::configuration,
                      std::string{key} + ": ISO 4217 knows no currency " + code + "; name one such as USD"};
}

/// As many as are wanted, or as the process may have open besides its own files and its calls to the outside.
uint32_t connections_that_fit(const settings& with) {
  const bool calls_out = with.payment.gateway == outside_place::http;
  const auto own = uint64_t{files_of_our_own} + (calls_out ? with.payment.max_in_flight + with.payment.max_queries_in_flight : 0);
  const auto files = raise_file_limit();
  if (files <= own)
    throw start_failure{exit_code::configuration, "the process may have only " + std::to_string(files) +
                                                      " files open and needs more than " + std::to_string(own) +
                                                      "; raise it (ulimit -n, LimitNOFILE=)"};
  if (files - own >= with.http.max_connections) return with.http.max_connections;
  log_warn("connections-bounded", {{"max_connections", with.http.max_connections},
                                   {"bounded_to", files - own},
                                   {"files", files},
                                   {"because", "the process may have no more files open; raise it (ulimit -n, LimitNOFILE=)"}});
  return static_cast<uint32_t>(files - own);
}

http_settings http_of(const settings& with) {
  http_settings out;
  out.listeners = listeners_of(with);
  const auto& h = with.http;
  out.limits.head_bytes = h.max_head;
  out.limits.body_bytes = h.max_body;
  out.limits.connections = connections_that_fit(with);
  out.limits.unsent_bytes = h.max_unsent;
  out.limits.incomplete_bytes = std::max(h.max_incomplete, 2 * h.max_body);
  out.limits.handshakes = h.max_handshakes;
  out.limits.head_time = h.head_timeout;
  out.limits.body_time = h.body_timeout;
  out.limits.idle_time = h.idle_timeout;
  out.limits.write_time = h.write_timeout;
  out.admission = {h.max_in_flight, h.max_queue_delay, h.max_unsettled_payments, h.max_waiters};
  out.rates = {{h.principal_rate, h.principal_burst}, {h.address_rate, h.address_burst}};
  out.shop.timers = timers_of(with);
  out.shop.money = *find_currency(with.currency.shop);
  out.shop.usual_wait = h.wait;
  out.shop.longest_wait = h.longest_wait;
  out.orders_v1.timers = timers_of(with);
  out.orders_v1.default_currency = currency_of("currency.orders_v1", with.currency.orders_v1);
  out.orders_v1.unknown_products_allowed = with.catalogue.unknown_products == unknown_products::accept;
  out.orders_v1.usual_wait = h.wait;
  out.orders_v1.longest_wait = h.longest_wait;
  out.orders_v1.any_payment_method = with.payment.gateway == outside_place::http;
  out.orderflow_api.timers = timers_of(with);
  out.orderflow_api.default_currency = currency_of("currency.orderflow_api", with.currency.orderflow_api);
  out.orderflow_api.tax = tax_of(with);
  out.orderflow_api.unknown_products_allowed = out.orders_v1.unknown_products_allowed;
  out.orderflow_api.usual_wait = h.wait;
  out.orderflow_api.longest_wait = h.longest_wait;
  out.cart_workflow = {currency_of("currency.cart_workflow", with.currency.cart_workflow), timers_of(with), h.wait,
                       h.longest_wait, with.cart.gateway == cart_place::http};
  return out;
}

/// One worker less than there are cores: the journal's thread and the I/O thread are as busy as the actors are, and PostgreSQL
/// wants its share too (measured on two cores: 7 % less CPU per order than with two workers, on PostgreSQL more).
void set_up_scheduler(caf::actor_system_config& config, const settings& with) {
  const auto cores = std::max(1U, std::thread::hardware_concurrency());
  const auto threads = with.runtime.threads != 0 ? with.runtime.threads : std::max(1U, cores - 1);
  // Stealing walks whole run queues under locks: 50 times slower when many actors end at once.
  config.set("caf.scheduler.policy", "sharing");
  config.set("caf.scheduler.max-threads", static_cast<size_t>(threads));
}

/// SIGTERM, SIGINT and SIGHUP as a file descriptor; blocked for every thread that is started afterwards.
int open_signals() {
  sigset_t wanted;
  sigemptyset(&wanted);
  sigaddset(&wanted, SIGTERM);
  sigaddset(&wanted, SIGINT);
  sigaddset(&wanted, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &wanted, nullptr);
  ignore_signals();
  return signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK);
}

std::string joined(const std::vector<std::string>& sentences) {
  std::string text;
  for (const auto& each : sentences) text += (text.empty() ? "" : "\n") + each;
  return text;
}

template <class F>
auto or_fail(exit_code code, F&& work) {
  try {
    return work();
  } catch (const start_failure&) {
    throw;
  } catch (const std::exception& why) {
    throw start_failure{code, why.what()};
  }
}

}  // namespace

struct server_process::parts {
  explicit parts(const settings& with) : config(with) {
    // Not by default: beside a busy neighbour a thread of this class waits until that one gives up the core
    // (docs/performance.md).
    if (with.runtime.batch_scheduling) take_turns_when_woken();
    set_up_scheduler(actor_config, with);
    set_up_directory();
    set_up_keys();
    or_fail(exit_code::unavailable, [&] {
      db = make_database(journal_url(with));
      if (auto lost = lost_database(with, *db); !lost.empty()) throw start_failure{exit_code::unavailable, std::move(lost)};
      db->migrate();
      world = std::make_unique<configured_services>(with, *time);
    });
    sys = std::make_unique<caf::actor_system>(actor_config);
    or_fail(exit_code::unavailable, [&] {
      external_services to{world->payments(), world->shipments(), world->mail(), world->carts()};
      actors = std::make_unique<guardian>(*sys, *db, to, time, limits_of(with));
    });
    tell_takeover();
    or_fail(exit_code::unavailable, [&] {
      if (with.dev) put_demo_catalogue(*sys, actors->running());
    });
    listen();
    actors->resume();
    ready = true;
    http->start();
  }

  ~parts() {
    if (http) http->stop();
    if (bridge) close_bridge(*sys, bridge);
    bridge.reset();
    http.reset();
    if (actors) actors->drain(drain_timeout);
    actors.reset();
    world.reset();  // Its callbacks hold handles of actors.
    sys.reset();
    ::close(signals);
    ::close(wake_up);
  }

  /// Two servers on one store are nearly always a mistake of whoever starts them, so both say so.
  void tell_takeover() const {
    const auto& other = actors->replaced_writer();
    if (other.empty()) return;
    log_warn("store-taken-over", {{"journal", db->describe()}, {"from", other}});
    std::cout << "took over " << db->describe() << " from another orderflow (" << other << "), which stops now\n" << std::flush;
  }

  void set_up_directory() {
    std::error_code failed;
    std::filesystem::create_directories(config.data, failed);
    if (failed)
      throw start_failure{exit_code::unavailable, file_error("cannot make the data directory '" + config.data + "'", failed)};
  }

  void set_up_keys() {
    or_fail(exit_code::unavailable, [&] {
      if (config.dev) make_demo_keys(keys_path(config.data));
    });
    auto loaded = load_keys(keys_path(config.data));
    if (const auto* wrong = std::get_if<key_errors>(&loaded))
      throw start_failure{exit_code::configuration, joined(wrong->sentences)};
    keys = std::get<shared_keys>(loaded);
    if (const auto wrong = listener_errors(config, *keys); !wrong.empty())
      throw start_failure{exit_code::configuration, joined(wrong)};
    if (keys->token_keys.empty())
      log_warn("no-token-keys",
               {{"keys", keys_path(config.data)}, {"effect", "no token is valid; only loopback addresses are listened on"}});
    for (const auto& each : listeners_of(config)) {
      if (each.fixed_principal)
        log_warn("listener-without-token", {{"address", each.address},
                                            {"principal", each.fixed_principal->subject},
                                            {"tenant", each.fixed_principal->tenant},
                                            {"role", to_string(each.fixed_principal->as)}});
    }
    tell_of_certificates();
  }

  void tell_of_certificates() const {
    for (const auto& wrong : certificate_faults(config, time->now())) log_warn("certificate-not-valid", {{"because", wrong}});
  }

  /// A file that is wrong or gone leaves the keys that count as they are.
  void reload_keys() {
    auto loaded = load_keys(keys_path(config.data));
    if (const auto* wrong = std::get_if<key_errors>(&loaded)) {
      log_error("keys-reload-failed", {{"error", joined(wrong->sentences)}, {"effect", "the keys of before go on"}});
    } else if (const auto& read = std::get<shared_keys>(loaded); read->empty() && !keys->empty()) {
      log_error("keys-reload-failed",
                {{"error", keys_path(config.data) + " is gone or empty"}, {"effect", "the keys of before go on"}});
    } else {
      keys = read;
      http->put_keys(keys);
      log_info("keys-reloaded", {{"token_keys", keys->token_keys.size()},
                                 {"clients", keys->clients.size()},
                                 {"webhook_secrets", keys->webhook_secrets.size()}});
    }
    http->reload_certificates([](const std::string& wrong) {
      if (!wrong.empty()) log_error("certificate-reload-failed", {{"error", wrong}, {"effect", "the one of before goes on"}});
    });
    tell_of_certificates();
  }

  void listen() {
    try {
      http = std::make_unique<http_service>(http_of(config), dependencies());
    } catch (const std::exception& why) {
      throw start_failure{exit_code::unavailable, why.what()};
    }
  }

  http_dependencies dependencies() {
    http_dependencies with;
    with.make_bridge = [this](boost::asio::io_context& io) {
      bridge = make_bridge_link(*sys, actors->running(), io);
      return actor_bridge{bridge};
    };
    with.time = time.get();
    with.keys = keys;
    with.audit_path = config.data + "/audit.log";
    with.dev = config.dev ? &world->world() : nullptr;
    with.state = [this] { return state(); };
    with.metrics = [this] {
      actors->running()->figures->refresh();
      auto text = prometheus.collect_from(sys->metrics());
      return with_sound_names({text.data(), text.size()}) + build_metric();
    };
    with.defect = [](std::string_view what) { log_error("http-handler-defect", {{"what", what}}); };
    return with;
  }

  health state() const {
    health now;
    now.draining = draining;
    now.ready = ready && !draining && !actors->fenced() && !actors->unwritable() && !actors->broken();
    now.notes.push_back("journal: " + db->describe());
    const auto& figures = *actors->running()->figures;
    now.store_away = figures.store.away();
    add_outage_notes(now.notes, figures);
    if (config.dev)
      now.notes.push_back(
          "--dev: requests without a token speak for operator 'dev'; what is not set up otherwise is the sandbox");
    if (config.payment.gateway == outside_place::http) now.notes.push_back("payments: " + config.payment.url);
    if (config.notification.gateway == outside_place::http) now.notes.push_back("notifications: " + config.notification.url);
    if (!actors->resumed()) now.notes.push_back("still resuming what the last run left owed");
    return now;
  }

  /// Once in a while, while nothing else is to be done.
  void look_around() {
    outages.look(signs_of(*actors->running()->figures, *http), std::chrono::steady_clock::now());
    tell_suppressed_lines();
  }

  /// They see /readyz and send no more; until then what they send is taken, and each answer ends its connection, so that
  /// clients move on by themselves. A second signal ends the wait.
  void wait_for_balancers() const {
    http->leave();
    pollfd watched{signals, POLLIN, 0};
    ::poll(&watched, 1, static_cast<int>(config.http.drain_grace.count()));
  }

  void drain() {
    draining = true;
    log_info("drain-started", {{"patience_ms", std::chrono::milliseconds{drain_timeout}.count()}});
    wait_for_balancers();
    if (!http->drain(drain_timeout, [this] { answer_waiters(bridge); }))
      log_warn("drain-cut-off", {{"because", "requests were still open"}});
    http->stop();
    close_bridge(*sys, bridge);
    bridge.reset();
    http.reset();
    if (actors->drain(drain_timeout)) log_info("drain-finished", {{"journal", db->describe()}});
  }

  settings config;
  shared_keys keys;
  int signals = open_signals();
  int wake_up = ::eventfd(0, EFD_CLOEXEC);
  std::shared_ptr<const machine_clock> time = std::make_shared<machine_clock>();
  clock_watch watch{*time};
  caf::actor_system_config actor_config;
  std::unique_ptr<database> db;
  std::unique_ptr<configured_services> world;
  std::unique_ptr<caf::actor_system> sys;
  std::unique_ptr<guardian> actors;
  std::shared_ptr<actor_bridge::link> bridge;
  std::unique_ptr<http_service> http;
  caf::telemetry::collector::prometheus prometheus;
  outage_watch outages;
  std::atomic<bool> ready{false};
  std::atomic<bool> draining{false};
};

server_process::server_process(const settings& with) : parts_(std::make_unique<parts>(with)) {}
server_process::~server_process() = default;

std::vector<std::string> server_process::urls() const {
  std::vector<std::string> urls;
  size_t place = 0;
  for (const auto& each : listeners_of(parts_->config)) urls.push_back(url_of(each, parts_->http->port(place++)));
  return urls;
}

exit_code server_process::wait() {
  pollfd watched[] = {{parts_->signals, POLLIN, 0}, {parts_->wake_up, POLLIN, 0}};
  constexpr int look_at_health_ms = 100;
  while (true) {
    const int ready = ::poll(watched, 2, look_at_health_ms);
    parts_->watch.look();
    if (parts_->actors->fenced()) {
      log_error("fenced",
                {{"because", parts_->actors->end_of_writing()},
                 {"effect", "stopping"},
                 {"do", "stop the other one if it was not meant, then start this one: each start takes the store over"}});
      return exit_code::taken_over;
    }
    if (parts_->actors->unwritable()) {
      log_error("writing-ended", {{"because", parts_->actors->end_of_writing()}, {"effect", "stopping"}});
      return exit_code::unavailable;
    }
    if (parts_->actors->broken()) {
      log_error("broken", {{"because",
                            "a part that everything hangs on has ended: stopping, so that the next start resumes what is owed"}});
      return exit_code::failed;
    }
    if (ready <= 0) {
      parts_->look_around();
      continue;
    }
    signalfd_siginfo signal{};
    const bool hangup = ::read(parts_->signals, &signal, sizeof signal) == sizeof signal && signal.ssi_signo == SIGHUP;
    if (!hangup) break;
    parts_->reload_keys();
  }
  parts_->drain();
  return exit_code::ok;
}

void server_process::stop() {
  uint64_t one = 1;
  [[maybe_unused]] auto written = ::write(parts_->wake_up, &one, sizeof one);
}

}  // namespace orderflow
