#include "domain/tax.hpp"

#include "base/assert.hpp"

namespace orderflow {
namespace {

/// amount × part / whole, half up. The product of an int64 and a rate does not fit 64 bits.
minor_units share(minor_units amount, uint32_t part, uint32_t whole) {
  __extension__ using wide = __int128;
  return static_cast<minor_units>((wide{amount} * part * 2 + whole) / (wide{whole} * 2));
}

tax_split taken_out(minor_units total, minor_units tax) { return {total - tax, tax, total}; }

}  // namespace

std::optional<tax_split> split_tax(minor_units lines_sum, tax_policy policy) {
  ORDERFLOW_ASSERT(lines_sum >= 0 && policy.rate_ppm <= max_tax_ppm);
  constexpr uint32_t million = 1'000'000;
  switch (policy.mode) {
    case tax_mode::none: return taken_out(lines_sum, 0);
    case tax_mode::of_total: return taken_out(lines_sum, share(lines_sum, policy.rate_ppm, million));
    case tax_mode::included: return taken_out(lines_sum, share(lines_sum, policy.rate_ppm, million + policy.rate_ppm));
    case tax_mode::added: {
      const auto tax = share(lines_sum, policy.rate_ppm, million);
      const auto total = checked_add(lines_sum, tax);
      if (!total) return std::nullopt;
      return tax_split{lines_sum, tax, *total};
    }
  }
  ORDERFLOW_UNREACHABLE("tax_mode");
}

}  // namespace orderflow
