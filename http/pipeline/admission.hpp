// Says no early and cheaply when there is too much to do, so that what was accepted is still answered in time.
// Thread rule: one per io_context, on its thread.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>

#include "http/pipeline/router.hpp"

namespace orderflow {

struct admission_limits {
  size_t in_flight = 4096;  ///< Requests handed to the actors and not answered: creates stop here.
  std::chrono::microseconds queue_delay{
      200'000};                        ///< Wait of the oldest append, once 1/64 of `in_flight` waits: creates stop here.
  size_t unsettled_payments = 20'000;  ///< Without an answer of the gateway: creates stop here.
  size_t waiters = 2048;               ///< Requests that wait for a saga; above it the present state is answered at once.
};

/// What is going on behind the bridge, read anew for each request.
struct present_load {
  size_t in_flight = 0;
  std::chrono::microseconds queue_delay{0};
  size_t unsettled_payments = 0;
  bool store_away = false;
};

/// Why a request is turned away before anything is done for it.
enum class shed_reason : uint8_t {
  load = 1,        ///< Too much is in flight, or the journal's queue is too old.
  payments = 2,    ///< Too many payments without an answer.
  store_away = 3,  ///< The store takes no writes at the moment.
};

class admission_control {
 public:
  admission_control(admission_limits limits, std::function<present_load()> gauge) : limits_(limits), gauge_(std::move(gauge)) {}

  /// Creates are admitted up to the limits, ordinary requests up to 1.25 times, operators up to 1.5 times of them. Payments
  /// that hang are nobody's fault but the gateway's: only creates, which would add to them, have to wait for those.
  /// What `writes` is refused while the store is away: at once, instead of waiting for it. What waits then is not too much to do.
  [[nodiscard]] std::optional<shed_reason> refuses(load_class what, bool writes);

  /// Was admitted, and the store could not be used after all.
  void store_failed() { count(shed_reason::store_away); }

  /// A place among those who wait for a saga to end; every `true` is followed by one `leave_wait`.
  [[nodiscard]] bool enter_wait();
  void leave_wait() { --waiting_; }

  /// Thread rule: any.
  [[nodiscard]] uint64_t refused(shed_reason why) const { return refused_[static_cast<size_t>(why)].load(); }

 private:
  void count(shed_reason why) { refused_[static_cast<size_t>(why)].fetch_add(1, std::memory_order_relaxed); }

  admission_limits limits_;
  std::function<present_load()> gauge_;
  size_t waiting_ = 0;
  std::array<std::atomic<uint64_t>, 4> refused_{};
};

}  // namespace orderflow
