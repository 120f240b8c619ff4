// Strong identifiers. None of them converts to another by accident.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace orderflow {

/// An order's number; `id mod shards` is its shard. Positive; 0 means "none yet".
struct order_id {
  int64_t value = 0;
  auto operator<=>(const order_id&) const = default;
};

/// A product's name in the catalogue. Empty on a line that the client named and priced itself. No ':', ',' or control characters.
struct product_id {
  std::string value;
  auto operator<=>(const product_id&) const = default;
};

/// The tenant of tokens and fixed principals that name none: an installation with one shop never has to name it.
inline constexpr std::string_view usual_tenant = "dev";

}  // namespace orderflow

template <>
struct std::hash<orderflow::order_id> {
  size_t operator()(orderflow::order_id id) const noexcept { return std::hash<int64_t>{}(id.value); }
};

template <>
struct std::hash<orderflow::product_id> {
  size_t operator()(const orderflow::product_id& id) const noexcept { return std::hash<std::string>{}(id.value); }
};
