// Reads back what a load run was told: every acknowledged order, and the gateway's own ledger. Errors: std::runtime_error with
// a sentence that names the first order that does not fit.
#pragma once

#include "bench/load.hpp"

namespace orderflow::bench {

struct verified_counts {
  uint64_t orders = 0;
  uint64_t captures = 0;
  std::chrono::milliseconds backlog{};  ///< How long after the last answer the last order was settled.
};

/// Puts the catalogue and the stock of a run with tracked lines in place.
void set_up_products(blocking_client& server);

/// Every acknowledged order exists once, in the state and with the total of the scenario, and no other order of this customer
/// does; each order that has to be paid has exactly one capture of its total in the ledger, no other has any.
[[nodiscard]] verified_counts verify(blocking_client& server, const load_plan& plan, const load_report& report);

}  // namespace orderflow::bench
