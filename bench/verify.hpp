// Reads back what a load run was told: every acknowledged order, and the gateway's own ledger. Errors: std::runtime_error with
// a sentence that names the first order that does not fit.
#pragma once

#include "bench/scenario.hpp"

namespace orderflow::bench {

/// What the order, the ledger and the stock say of an order in the end.
struct ending {
  std::string_view status;
  int captures = 0;
  int refunds = 0;
  bool holds_stock = false;
  bool consumed_stock = false;
};
[[nodiscard]] ending ending_of(outcome now);

struct verified_counts {
  uint64_t orders = 0;
  uint64_t captures = 0;
  uint64_t refunds = 0;
};

/// Waits until no order of the run is on its way any more; how long that took after the last answer. Orders that were made to
/// stay unpaid are not waited for.
[[nodiscard]] std::chrono::milliseconds wait_for_backlog(blocking_client& server, const scenario& what);

/// Every acknowledged order exists once, in the state and with the total that was told, and no other order of this run does; each
/// has as many captures and refunds of its total in the ledger as it has to have.
[[nodiscard]] verified_counts verify(blocking_client& server, const scenario& what);

}  // namespace orderflow::bench
