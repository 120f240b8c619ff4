#include "bench/sampler.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <stdexcept>

#include "bench/counters.hpp"

namespace orderflow::bench {

const std::vector<std::string>& sampled_gauges() {
  static const std::vector<std::string> names{"orderflow_http_in_flight", "orderflow_journal_queue",
                                              "orderflow_journal_queue_delay_seconds", "orderflow_payments_in_flight",
                                              "orderflow_orders_in_memory"};
  return names;
}

sampler::sampler(endpoint server, const watched_processes& processes, std::chrono::steady_clock::time_point start)
    : server_(std::move(server)), processes_(processes), start_(start), wake_(::eventfd(0, EFD_CLOEXEC)) {
  thread_ = std::thread{[this] { run(); }};
}

sampler::~sampler() { stop(); }

void sampler::stop() {
  if (!thread_.joinable()) return;
  const uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(wake_.fd(), &one, sizeof one);
  thread_.join();
}

std::vector<sample> sampler::finish() {
  stop();
  return std::move(seen_);
}

void sampler::run() {
  pollfd watched{wake_.fd(), POLLIN, 0};
  do seen_.push_back(look());
  while (::poll(&watched, 1, static_cast<int>(interval.count())) == 0);
}

sample sampler::look() {
  sample now;
  now.at = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start_);
  now.cpu = read_cpu(processes_);
  if (processes_.server) now.server_rss_kb = rss_kb_of(*processes_.server);
  try {
    const auto values = read_metrics(server_);
    for (const auto& name : sampled_gauges())
      if (const auto found = values.find(name); found != values.end()) now.gauges.insert(*found);
  } catch (const std::runtime_error&) {
    now.gauges.clear();  // The server is away: a gap in the plot says so.
  }
  return now;
}

}  // namespace orderflow::bench
