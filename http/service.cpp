#include "http/service.hpp"

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <future>
#include <stdexcept>
#include <thread>

#include "base/process_metrics.hpp"
#include "base/thread.hpp"
#include "http/api/admin/attention.hpp"
#include "http/api/admin/products.hpp"
#include "http/api/admin/stock.hpp"
#include "http/api/admin/users.hpp"
#include "http/api/callbacks/callbacks.hpp"
#include "http/api/cart_workflow/routes.hpp"
#include "http/api/common/route_list.hpp"
#include "http/api/orderflow_api/routes.hpp"
#include "http/api/orders_v1/routes.hpp"
#include "http/api/probes/documents.hpp"
#include "http/api/probes/start_page.hpp"
#include "http/api/sandbox/dev.hpp"
#include "http/api/shop/routes.hpp"
#include "http/pipeline/metric_text.hpp"

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

/// It serves probes and metrics and nothing else: whoever set it up decides who reaches it.
bool only_watches(const listener_settings& each) {
  const auto watches = [](std::string_view word) { return word == dialects::probe || word == dialects::metrics; };
  return !each.dialects.empty() && std::all_of(each.dialects.begin(), each.dialects.end(), watches);
}

std::unique_ptr<audit_log> open_audit(const http_dependencies& around) {
  if (around.audit_path.empty()) return std::make_unique<audit_log>();
  return std::make_unique<audit_log>(around.audit_path, *around.time);
}

void write_process(metric_text& out) {
  const auto now = read_process_metrics();
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
  parts(http_settings chosen, http_dependencies with)
      : settings(std::move(chosen)),
        around(std::move(with)),
        io(1),
        work(io.get_executor()),
        admission(settings.admission,
                  [this] {
                    return present_load{context.bridge.in_flight(), context.bridge.queue_delay(),
                                        context.bridge.unsettled_payments(), context.bridge.store_away()};
                  }),
        keys(around.keys ? around.keys : std::make_shared<const key_ring>()),
        audit(open_audit(around)),
        context{around.make_bridge(io),
                *around.time,
                admission,
                *audit,
                [this] { return keys; },
                [this](const principal& who) { return auth.limit_principal(who); }},
        shop{context, settings.shop},
        orderflow_api{context, settings.orderflow_api},
        orders_v1{context, settings.orders_v1},
        cart_workflow{context, settings.cart_workflow},
        auth(*around.time, *audit, context.keys, settings.rates),
        sources{[this] { return state_now(); }, [this] { return around.metrics() + figures(); }},
        listening(io, settings.limits, *around.time, around.defect) {
    for (const auto& each : checked(settings.listeners, around.dev != nullptr)) {
      listening.listen(std::make_unique<request_pipeline>(each, routes_for(each), admission, auth, around.defect));
    }
  }

  std::vector<route> routes_for(const listener_settings& listener) {
    std::vector<route> table;
    const auto add = [&table](std::vector<route> more) {
      table.insert(table.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
    };
    add(shop::routes(shop));
    add(orderflow_api::routes(orderflow_api));
    add(orders_v1::routes(orders_v1));
    add(cart_workflow::routes(cart_workflow));
    add(callback_routes(context));
    add(stock_routes(context));
    add(product_admin_routes(context));
    add(users_routes(context));
    add(operations_routes(context, sources, only_watches(listener)));
    add(attention_routes(context));
    add(document_routes());
    if (listener.dev_endpoints) {
      add(dev_routes(context, *around.dev));
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
                admission.refused(shed_reason::load) + admission.refused(shed_reason::payments));
    out.gauge("orderflow_http_in_flight", "Requests that the actors have not answered.", context.bridge.in_flight());
    out.family("orderflow_http_refused_total", "counter", "Requests refused before anything was done for them, by reason.");
    out.sample("reason=\"overload\"", admission.refused(shed_reason::load));
    out.sample("reason=\"payments_unsettled\"", admission.refused(shed_reason::payments));
    out.sample("reason=\"store_away\"", admission.refused(shed_reason::store_away));
    auth.write_refusals(out);
    auth.write_metrics(out);
    listening.write_metrics(out);
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
  http_dependencies around;
  bool draining = false;  ///< I/O thread.
  asio::io_context io;
  asio::executor_work_guard<asio::io_context::executor_type> work;
  admission_control admission;
  shared_keys keys;  ///< I/O thread.
  std::unique_ptr<audit_log> audit;
  handler_context context;
  orderflow::shop::dialect shop;
  orderflow::orderflow_api::dialect orderflow_api;
  orderflow::orders_v1::dialect orders_v1;
  orderflow::cart_workflow::dialect cart_workflow;
  authenticator auth;
  operations_sources sources;
  server listening;
  std::thread thread;
};

http_service::http_service(http_settings settings, http_dependencies with)
    : parts_(std::make_unique<parts>(std::move(settings), std::move(with))) {}

http_service::~http_service() { stop(); }

void http_service::start() {
  parts_->thread = std::thread{[all = parts_.get()] { all->run(); }};
}

uint16_t http_service::port(size_t listener) const { return parts_->listening.port(listener); }

uint64_t http_service::refused(shed_reason why) const { return parts_->admission.refused(why); }

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

bool http_service::drain(milliseconds at_most, const std::function<void()>& flush_waiters) {
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
    if (flush_waiters) flush_waiters();
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
