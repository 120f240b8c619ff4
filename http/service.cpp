#include "http/service.hpp"

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <future>
#include <stdexcept>
#include <thread>

#include "base/process_figures.hpp"
#include "base/thread.hpp"
#include "http/dialects/attention.hpp"
#include "http/dialects/callbacks.hpp"
#include "http/dialects/d0.hpp"
#include "http/dialects/d2.hpp"
#include "http/dialects/d3.hpp"
#include "http/dialects/d4.hpp"
#include "http/dialects/dev.hpp"
#include "http/dialects/documents.hpp"
#include "http/dialects/route_list.hpp"
#include "http/dialects/shelf.hpp"
#include "http/dialects/start_page.hpp"
#include "http/dialects/stock.hpp"
#include "http/dialects/users.hpp"
#include "http/metric_text.hpp"

namespace orderflow {

namespace asio = boost::asio;

namespace {

std::vector<listener_settings> checked(std::vector<listener_settings> listeners, bool sandbox_there) {
  for (const auto& each : listeners) {
    if (!each.dev_endpoints) continue;
    if (!sandbox_there) throw std::invalid_argument{"a listener with dev endpoints needs the sandbox"};
    // Whoever reaches it may set stock and prices: nobody but this machine may.
    if (!asio::ip::make_address(each.address).is_loopback())
      throw std::invalid_argument{"dev endpoints are only for a loopback address, not " + each.address};
  }
  return listeners;
}

/// It serves probes and figures and nothing else: whoever set it up decides who reaches it.
bool only_watches(const listener_settings& each) {
  const auto watches = [](std::string_view word) { return word == dialects::probe || word == dialects::metrics; };
  return !each.dialects.empty() && std::all_of(each.dialects.begin(), each.dialects.end(), watches);
}

std::unique_ptr<audit_log> open_audit(const http_surroundings& around) {
  if (around.audit_path.empty()) return std::make_unique<audit_log>();
  return std::make_unique<audit_log>(around.audit_path, *around.time);
}

void write_process(metric_text& out) {
  const auto now = read_process_figures();
  out.family("process_cpu_seconds_total", "counter", "Processor time of all threads.").sample({}, now.cpu_seconds);
  out.gauge("process_resident_memory_bytes", "Memory that is in use.", now.resident_bytes);
  out.gauge("process_virtual_memory_bytes", "Address space that is in use.", now.virtual_bytes);
  out.gauge("process_open_fds", "Open files and connections.", now.open_files);
  out.gauge("process_max_fds", "Files and connections that may be open.", now.most_files);
  out.gauge("process_threads", "Threads.", now.threads);
  out.family("process_start_time_seconds", "gauge", "When the process was started, since the Unix epoch.")
      .sample({}, now.started_at);
}

}  // namespace

/// In order of construction: what sessions and callbacks refer to comes before what holds them.
struct http_service::parts {
  parts(http_settings chosen, http_surroundings with)
      : settings(std::move(chosen)),
        around(std::move(with)),
        io(1),
        work(io.get_executor()),
        gate(settings.admission,
             [this] {
               return present_load{on.bridge.in_flight(), on.bridge.queue_delay(), on.bridge.unsettled_payments(),
                                   on.bridge.store_away()};
             }),
        keys(around.keys ? around.keys : std::make_shared<const key_ring>()),
        audit(open_audit(around)),
        on{around.make_gateway(io),
           *around.time,
           gate,
           *audit,
           [this] { return keys; },
           [this](const principal& who) { return keeper.limit_principal(who); }},
        d0{on, settings.d0},
        d2{on, settings.d2},
        d4{on, settings.d4},
        d3{on, settings.d3},
        keeper(*around.time, *audit, on.keys, settings.rates),
        sources{[this] { return state_now(); }, [this] { return around.metrics() + figures(); }},
        listening(io, settings.limits, *around.time, around.defect) {
    for (const auto& each : checked(settings.listeners, around.dev != nullptr)) {
      listening.listen(std::make_unique<front_door>(each, routes_for(each), gate, keeper, around.defect));
    }
  }

  std::vector<route> routes_for(const listener_settings& listener) {
    std::vector<route> table;
    const auto add = [&table](std::vector<route> more) {
      table.insert(table.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
    };
    add(d0_routes(d0));
    add(d2_routes(d2));
    add(d4_routes(d4));
    add(d3_routes(d3));
    add(callback_routes(on));
    add(stock_routes(on));
    add(shelf_routes(on));
    add(users_routes(on));
    add(operations_routes(on, sources, only_watches(listener)));
    add(attention_routes(on));
    add(document_routes());
    if (listener.dev_endpoints) {
      add(dev_routes(on, *around.dev));
      table.push_back(route_list_route(table));
    }
    std::erase_if(table, [&](const route& each) { return !is_served(each.options.dialect, listener); });
    table.push_back(start_route(table));
    return table;
  }

  /// The sandbox's endpoints and the metrics keep to the listeners that name them, once one does.
  bool is_served(std::string_view dialect, const listener_settings& listener) const {
    const auto names = [&](const listener_settings& each) {
      return std::find(each.dialects.begin(), each.dialects.end(), dialect) != each.dialects.end();
    };
    if (!listener.dialects.empty()) return names(listener);
    const bool may_move = dialect == dialects::dev || dialect == dialects::metrics;
    return !may_move || std::none_of(settings.listeners.begin(), settings.listeners.end(), names);
  }

  /// What is there and what was refused, as Prometheus text.
  std::string figures() const {
    metric_text out;
    out.counter("orderflow_http_shed_total", "Requests refused because there was too much to do.",
                gate.refused(shed_reason::load) + gate.refused(shed_reason::payments));
    out.gauge("orderflow_http_in_flight", "Requests that the actors have not answered.", on.bridge.in_flight());
    out.family("orderflow_http_refused_total", "counter", "Requests refused before anything was done for them, by reason.");
    out.sample("reason=\"overload\"", gate.refused(shed_reason::load));
    out.sample("reason=\"payments_unsettled\"", gate.refused(shed_reason::payments));
    out.sample("reason=\"store_away\"", gate.refused(shed_reason::store_away));
    keeper.write_refusals(out);
    keeper.write_figures(out);
    listening.write_figures(out);
    write_process(out);
    return out.take();
  }

  health state_now() const {
    auto now = around.state();
    now.draining = now.draining || draining;
    for (const auto& each : settings.listeners) {
      if (each.fixed_principal) {
        now.notes.push_back("The listener on " + each.address + " takes requests without a token for " +
                            each.fixed_principal->subject + " of " + each.fixed_principal->tenant + ".");
      }
    }
    return now;
  }

  void run() {
    name_this_thread("http");
    while (true) {
      try {
        io.run();
        return;
      } catch (const std::exception& what) {
        // Thrown by a callback, not by a handler: its session is told by the responder that was dropped; others go on.
        if (around.defect) around.defect(what.what());
      }
    }
  }

  http_settings settings;
  http_surroundings around;
  bool draining = false;  ///< I/O thread.
  asio::io_context io;
  asio::executor_work_guard<asio::io_context::executor_type> work;
  admission gate;
  shared_keys keys;  ///< I/O thread.
  std::unique_ptr<audit_log> audit;
  edge on;
  d0_dialect d0;
  d2_dialect d2;
  d4_dialect d4;
  d3_dialect d3;
  gatekeeper keeper;
  operations_sources sources;
  server listening;
  std::thread thread;
};

http_service::http_service(http_settings settings, http_surroundings with)
    : parts_(std::make_unique<parts>(std::move(settings), std::move(with))) {}

http_service::~http_service() { stop(); }

void http_service::start() {
  parts_->thread = std::thread{[all = parts_.get()] { all->run(); }};
}

uint16_t http_service::port(size_t listener) const { return parts_->listening.port(listener); }

uint64_t http_service::refused(shed_reason why) const { return parts_->gate.refused(why); }

void http_service::reload_certificates(std::function<void(std::string)> told) {
  asio::post(parts_->io, [all = parts_.get(), told = std::move(told)] { told(all->listening.reload_certificates()); });
}

void http_service::put_keys(shared_keys keys) {
  asio::post(parts_->io, [all = parts_.get(), keys = std::move(keys)] { all->keys = keys; });
}

const std::vector<route>& http_service::routes(size_t listener) const { return parts_->listening.routes(listener); }

void http_service::leave() {
  asio::post(parts_->io, [all = parts_.get()] { all->listening.leave(); });
}

bool http_service::drain(milliseconds at_most, const std::function<void()>& hurry) {
  auto empty = std::make_shared<std::promise<void>>();
  auto done = empty->get_future();
  asio::post(parts_->io, [all = parts_.get(), empty] {
    all->draining = true;
    all->listening.drain([empty] { empty->set_value(); });
  });
  // A request that was read just before the drain may begin to wait after the first call.
  constexpr milliseconds between_calls{100};
  const auto until = std::chrono::steady_clock::now() + at_most;
  while (std::chrono::steady_clock::now() < until) {
    if (hurry) hurry();
    if (done.wait_for(between_calls) == std::future_status::ready) return true;
  }
  return false;
}

void http_service::stop() {
  if (!parts_->thread.joinable()) return;
  asio::post(parts_->io, [all = parts_.get()] {
    all->listening.stop();
    all->io.stop();
  });
  parts_->thread.join();
}

}  // namespace orderflow
