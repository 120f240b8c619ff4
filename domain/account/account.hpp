// What is kept of one customer of one tenant between orders: contact, payment method on file, cart. Pure.
//
// The cart's `round` is the number of the next placement. It is raised only when a placement is settled, not by changes of the
// cart: so a second "place" while the first is undecided is the first order, and the next one after it is a new order.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "domain/account/stored_method.hpp"
#include "domain/ids.hpp"
#include "domain/money.hpp"

namespace orderflow {

struct account_key {
  std::string tenant;
  std::string user;
  auto operator<=>(const account_key&) const = default;
};

/// How to reach the customer; empty where unknown.
struct contact {
  std::string email;
  std::string phone;
  std::string name;
  std::string address;
  bool operator==(const contact&) const = default;
};

struct cart_line {
  product_id product;
  int64_t quantity = 0;
  bool operator==(const cart_line&) const = default;
};

/// The price of one piece of a product that the customer was told when it was last put into the cart, or its quantity set.
struct quoted_price {
  product_id product;
  currency money;
  minor_units price = 0;
  bool operator==(const quoted_price&) const = default;
};

struct account {
  uint64_t version = 0;  ///< Sequence number of the last event folded; 0 = nothing is kept yet.
  account_key who;
  contact reach;
  std::optional<stored_method> method;
  std::vector<cart_line> cart;  ///< Each product once, in the order in which they were put in.
  uint64_t round = 1;
  std::vector<quoted_price> told;  ///< Each product once.
  bool operator==(const account&) const = default;
};

/// As many as an order may have: a cart that could not be placed would be a trap.
inline constexpr size_t max_cart_lines = 1000;
inline constexpr int64_t max_cart_quantity = 1'000'000;

// Commands.

/// Puts more of a product into the cart.
/// `told`: the price that the reply shows of it; here and below.
struct add_to_cart {
  product_id product;
  int64_t quantity = 0;
  std::optional<quoted_price> told{};
};
/// Sets how much of a product is in the cart; 0 takes it out.
struct set_in_cart {
  product_id product;
  int64_t quantity = 0;
  std::optional<quoted_price> told{};
};
struct clear_cart {};
/// The order that was placed as this round has been decided: `bought` takes what it ordered out of the cart, otherwise all of
/// it stays. Another round was settled before: nothing happens.
struct settle_cart {
  uint64_t round = 0;
  order_id order;
  bool bought = false;
  std::vector<cart_line> lines;
};
/// Replaces the contact.
struct put_contact {
  contact reach;
};
/// Fills in what is not known yet: what an order says does not override what the customer said.
struct learn_contact {
  contact reach;
};
struct put_method {
  stored_method method;
};

using account_command = std::variant<add_to_cart, set_in_cart, clear_cart, settle_cart, put_contact, learn_contact, put_method>;

// Events. Stored format: add, never change; the number of an alternative is its place, from 1.

/// The first event of every account: the stream's number is only a hash of the pair.
struct account_opened {
  account_key who;
  bool operator==(const account_opened&) const = default;
};
/// The cart now holds so much of the product; 0: none.
struct cart_line_set {
  product_id product;
  int64_t quantity = 0;
  std::optional<quoted_price> told{};
  bool operator==(const cart_line_set&) const = default;
};
struct cart_cleared {
  bool operator==(const cart_cleared&) const = default;
};
/// `lines`: what was ordered; they left the cart where it was bought.
struct placement_settled {
  order_id order;
  bool bought = false;
  std::vector<cart_line> lines;
  bool operator==(const placement_settled&) const = default;
};
struct contact_changed {
  contact reach;
  bool operator==(const contact_changed&) const = default;
};
struct method_changed {
  stored_method method;
  bool operator==(const method_changed&) const = default;
};
/// Of older versions, whose refusals of a placement counted as telling its customer the new prices.
struct quoted_prices {
  std::vector<quoted_price> prices;
  bool operator==(const quoted_prices&) const = default;
};

using account_event =
    std::variant<account_opened, cart_line_set, cart_cleared, placement_settled, contact_changed, method_changed, quoted_prices>;

/// How a command ended.
enum class account_outcome : uint8_t {
  done = 1,                   ///< As asked, now or before.
  quantity_out_of_range = 2,  ///< Of the command, or of what the cart would then hold.
  too_many_lines = 3,
  repeated = 4,    ///< The command's key is known: nothing was done again.
  other_body = 5,  ///< The key is known with another body.
};

struct account_decision {
  account_outcome outcome = account_outcome::done;
  std::vector<account_event> events;
};

/// `who`: whose account it is, for the first event. Deciding the same again changes nothing, but for `add_to_cart`. `is_keyed`:
/// what a client says is an event also where it changes nothing, so that a repeat which comes late is not taken for a new
/// command.
[[nodiscard]] account_decision decide(const account& now, const account_key& who, const account_command& command,
                                      bool is_keyed = false);

/// Folds one event in place.
void evolve(account& now, const account_event& event);

}  // namespace orderflow
