// The closed loop: N keep-alive connections on one thread, each with one request on its way at any time.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "bench/histogram.hpp"
#include "bench/http_client.hpp"

namespace orderflow::bench {

enum class scenario : uint8_t {
  paid = 1,      ///< Answered when the order is paid.
  accepted = 2,  ///< `Prefer: wait=0`: answered after the first commit, payment goes on behind.
  create = 3,    ///< `auto_pay: false`: the order is only made.
};

/// Products of a run with tracked lines: B0000 to B0999, all at the same price.
inline constexpr unsigned tracked_products = 1000;
[[nodiscard]] std::string tracked_product(unsigned number);

struct load_plan {
  endpoint to;
  unsigned connections = 128;
  std::chrono::milliseconds warmup{2000};
  std::chrono::milliseconds duration{8000};
  scenario what = scenario::paid;
  bool tracked = false;  ///< Two of the tracked products instead of the customer's document's own line.
  bool keyed = false;    ///< An Idempotency-Key with each order.
  std::string customer;  ///< E-mail address that only this run uses: by it the orders are found again.
};

struct load_report {
  histogram latency_us;                 ///< Of the orders answered within the measured time.
  std::vector<int64_t> acknowledged;    ///< Every order answered with 201, warm-up and tail included.
  uint64_t measured = 0;                ///< Orders acknowledged within the measured time.
  uint64_t refused = 0;                 ///< 429 and 503 within the whole run.
  std::chrono::microseconds elapsed{};  ///< The measured time.
};

/// Runs the load and waits for the last answers. `at_start` and `at_end` are called at the borders of the measured time.
/// Throws std::runtime_error at the first reply that the scenario does not allow, or when answers stay out.
[[nodiscard]] load_report run_load(const load_plan& plan, const std::function<void()>& at_start,
                                   const std::function<void()>& at_end);

}  // namespace orderflow::bench
