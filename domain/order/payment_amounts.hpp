// The money of an order by payment attempt, so that what is shown adds up: Σ over the attempts and the other captures is what
// came and what went back.
#pragma once

#include <optional>
#include <vector>

#include "domain/order/order.hpp"

namespace orderflow {

struct capture_amounts {
  minor_units captured = 0;
  minor_units refunded = 0;  ///< Settled, by whomever.
  std::string transaction;   ///< The gateway's; that of the first capture where an attempt has several. Empty: none.
};

struct payment_amounts {
  capture_amounts payment;                ///< What pays for the order; where nothing does, all that came.
  std::vector<capture_amounts> attempts;  ///< By number.
  std::vector<capture_amounts> others;    ///< Captures of no attempt of ours.
};

/// Money that went back is that of the parts which were promised back, then that of captures which do not pay, then the rest.
[[nodiscard]] payment_amounts payment_amounts_of(const order& now);

/// The number of the attempt's transaction as clients see it: the gateway's own where that is a number, else order id × 100 +
/// attempt. Nothing: the gateway took money that does not pay for the order, under an id that is no number; ours would be taken
/// for the gateway's by whoever asks about that money.
[[nodiscard]] std::optional<int64_t> transaction_number_of(const order& now, uint32_t attempt);

}  // namespace orderflow
