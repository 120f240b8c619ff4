// The number of an order as its customer knows it.
#pragma once

#include <string>

#include "domain/order/order.hpp"

namespace orderflow {

/// "ORD000456": the shop's spelling, at least six digits.
[[nodiscard]] std::string shop_word(order_id id);

/// The producer's own id, the shop's spelling or the plain number: what the document of the order's origin shows.
[[nodiscard]] std::string order_word(const order& now);

}  // namespace orderflow
