// What a folded state still has to get done. After a crash the same function says what to resume.
#pragma once

#include <compare>
#include <string>
#include <variant>
#include <vector>

#include "domain/order/order.hpp"

namespace orderflow {

// Internal effects: messages to the inventory on the same node; they may run ahead of the commit.
struct reserve_stock {
  uint32_t round = 0;
  auto operator<=>(const reserve_stock&) const = default;
};
/// `was_held`: the order saw the reservation, so no one has to look whether it exists.
struct release_stock {
  uint32_t round = 0;
  bool was_held = false;
  auto operator<=>(const release_stock&) const = default;
};
struct consume_stock {
  uint32_t round = 0;
  auto operator<=>(const consume_stock&) const = default;
};
// External effects: only after the commit.
struct charge_payment {
  uint32_t attempt = 0;
  auto operator<=>(const charge_payment&) const = default;
};
/// Ask how a charge stands that an operator has settled; it is not made.
struct ask_about_charge {
  uint32_t attempt = 0;
  auto operator<=>(const ask_about_charge&) const = default;
};
struct refund_payment {
  uint32_t number = 0;
  auto operator<=>(const refund_payment&) const = default;
};
struct book_carrier {
  auto operator<=>(const book_carrier&) const = default;
};
/// Tell the cart of which the order was placed how that ended.
struct settle_cart_of_order {
  auto operator<=>(const settle_cart_of_order&) const = default;
};

using effect = std::variant<reserve_stock, release_stock, consume_stock, charge_payment, refund_payment, book_carrier,
                            settle_cart_of_order, ask_about_charge>;

/// A function of the state alone. Doing any of these twice is harmless: each has a deterministic key.
[[nodiscard]] std::vector<effect> pending_effects(const order& now);

[[nodiscard]] bool is_internal(const effect& what);

/// The deterministic key towards the outside: `charge/<order>/<attempt>`, `refund/<order>/<n>`, `reserve/<order>/<round>`,
/// `ship/<order>`, `cart/<order>`.
[[nodiscard]] std::string key_of(order_id id, const effect& what);

}  // namespace orderflow
