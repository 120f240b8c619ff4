// The payment method of an attempt for which the caller names none.
#pragma once

#include <string>
#include <string_view>

#include "domain/order/order.hpp"

namespace orderflow {

/// Of an order that knows no other: the token that DD-ORDER-001 uses in its examples.
inline constexpr std::string_view default_payment_method = "ok";

/// The requested one, else that of the last attempt, else the default.
[[nodiscard]] std::string usual_method(const order& now);

}  // namespace orderflow
