// The stock of one warehouse and its rules. Pure. A reservation is all-or-nothing over the order's lines and is keyed by
// (order, round); `available = on_hand − reserved` never falls below zero (I3).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "base/time.hpp"
#include "domain/ids.hpp"
#include "domain/order/order.hpp"

namespace orderflow {

struct stock_level {
  int64_t on_hand = 0;
  int64_t reserved = 0;
  [[nodiscard]] int64_t available() const { return on_hand - reserved; }
  bool operator==(const stock_level&) const = default;
};

/// A quantity of one product. Lists of them are sorted by product, each product once.
struct stock_line {
  product_id product;
  int64_t quantity = 0;
  bool operator==(const stock_line&) const = default;
};

/// The tracked lines of an order, quantities of one product summed, sorted by product.
[[nodiscard]] std::vector<stock_line> stock_lines_of(const order& now);
/// The same as the order asked for them in that round, which may have been before its cart was changed.
[[nodiscard]] std::vector<stock_line> stock_lines_of(const order& now, uint32_t round);

/// Quantities of one product summed, sorted by product. Nothing where a sum leaves the range.
[[nodiscard]] std::optional<std::vector<stock_line>> summed(const std::vector<stock_line>& lines);

/// Which reservation: an order may reserve again in a later round.
struct reservation_key {
  order_id order;
  uint32_t round = 0;
  auto operator<=>(const reservation_key&) const = default;
};

/// What is known of a key. Closed for ever once released, consumed, or closed without ever having been reserved.
enum class reservation_mark : uint8_t { none = 0, open = 1, closed = 2 };

/// Counters only; reservations are rows of the journal.
struct inventory {
  uint64_t version = 0;
  std::unordered_map<product_id, stock_level> levels;
};

// Commands.

/// `again`: this key may have been asked before; its mark was looked up.
struct reserve_lines {
  reservation_key key;
  std::vector<stock_line> lines;
  bool again = false;
};
/// `was_held`: the asker saw the reservation; otherwise its mark was looked up.
struct release_lines {
  reservation_key key;
  std::vector<stock_line> lines;
  bool was_held = false;
  bool again = false;
};
/// The goods leave the house: on_hand and reserved fall.
struct consume_lines {
  reservation_key key;
  std::vector<stock_line> lines;
  bool again = false;
};
/// Recorded correction of on_hand by a person or a delivery.
struct adjust_stock {
  product_id product;
  int64_t delta = 0;
  std::string why;
};
/// Counts: sets on_hand, recorded as the adjustment that it takes. Below reserved it is refused.
struct set_stock {
  product_id product;
  int64_t on_hand = 0;
  std::string why;
};

/// Takes goods out of stock for somebody who sells them himself: all of the lines, or none.
struct reduce_stock {
  std::vector<stock_line> lines;
  std::string why;
};

using inventory_command = std::variant<reserve_lines, release_lines, consume_lines, adjust_stock, set_stock, reduce_stock>;

// Events. Stored format: add, never change; the number of an alternative is its place, from 1.

struct lines_reserved {
  reservation_key key;
  std::vector<stock_line> lines;
  bool operator==(const lines_reserved&) const = default;
};
struct lines_released {
  reservation_key key;
  std::vector<stock_line> lines;
  bool operator==(const lines_released&) const = default;
};
struct lines_consumed {
  reservation_key key;
  std::vector<stock_line> lines;
  bool operator==(const lines_consumed&) const = default;
};
/// A key was closed that had never been reserved: a reserve that comes later is refused.
struct key_voided {
  reservation_key key;
  bool operator==(const key_voided&) const = default;
};
struct stock_adjusted {
  product_id product;
  int64_t delta = 0;
  std::string why;
  bool operator==(const stock_adjusted&) const = default;
};

using inventory_event = std::variant<lines_reserved, lines_released, lines_consumed, key_voided, stock_adjusted>;

/// How a command ended.
enum class inventory_outcome : uint8_t {
  done = 1,            ///< As asked, now or before.
  out_of_stock = 2,    ///< Nothing was reserved or taken; `short_of` names the products.
  key_is_closed = 3,   ///< reserve of a key that was closed before: the same as a refusal to the order.
  below_reserved = 4,  ///< An adjustment that would leave less than is reserved.
  never_reserved = 5,  ///< consume of a key that was never reserved: a bug of the asker, nothing happens.
};

struct inventory_decision {
  inventory_outcome outcome = inventory_outcome::done;
  std::vector<inventory_event> events;
  std::vector<product_id> short_of;
};

/// `mark`: what is known of the command's key (committed rows and appends in flight). Ignored by adjustments.
[[nodiscard]] inventory_decision decide(const inventory& now, const inventory_command& command, reservation_mark mark);

/// Folds one event in place; asserts 0 ≤ reserved ≤ on_hand afterwards.
void evolve(inventory& now, const inventory_event& event);

}  // namespace orderflow
