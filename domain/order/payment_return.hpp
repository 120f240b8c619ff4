// Whether what a customer paid is on its way back: the same answer for every dialect's words and for what people are told.
#pragma once

#include "domain/order/order.hpp"

namespace orderflow {

enum class payment_return : uint8_t {
  none = 1,       ///< Nothing was taken, or some of it is to stay.
  under_way = 2,  ///< All of it goes back, and has not yet.
  done = 3,
};

/// Of an order that was paid without money (its total was 0) nothing goes back: `none`.
[[nodiscard]] payment_return payment_return_of(const order& now);

}  // namespace orderflow
