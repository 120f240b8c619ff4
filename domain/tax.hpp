// Tax of an order: how a total is made of what its lines sum up to. Exact, on minor units.
#pragma once

#include <cstdint>
#include <optional>

#include "domain/money.hpp"

namespace orderflow {

/// Where the rate is taken from. Stored format: add, never change.
enum class tax_mode : uint8_t {
  none = 0,      ///< No tax.
  of_total = 1,  ///< tax = rate × total: of 200 at 18 % it is 36.
  included = 2,  ///< The prices contain it: tax = total × rate / (1 + rate).
  added = 3,     ///< It comes on top: total = sum of the lines + tax.
};

/// Kept with the order: a changed configuration is for new orders only.
struct tax_policy {
  tax_mode mode = tax_mode::none;
  uint32_t rate_ppm = 0;  ///< Parts per million: 18 % is 180000. At most `max_tax_ppm`.
  bool operator==(const tax_policy&) const = default;
};

/// 100 %.
inline constexpr uint32_t max_tax_ppm = 1'000'000;

/// subtotal + tax = total.
struct tax_split {
  minor_units subtotal = 0;
  minor_units tax = 0;
  minor_units total = 0;
  bool operator==(const tax_split&) const = default;
};

/// Rounded half up to minor units; the subtotal is what is left, so the three always add up. `lines_sum` ≥ 0. Nothing where
/// the total leaves the range.
[[nodiscard]] std::optional<tax_split> split_tax(minor_units lines_sum, tax_policy policy);

}  // namespace orderflow
