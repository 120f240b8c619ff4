// Orders in every state, made by the rules themselves, and rulings as text that a table can be read in.
#pragma once

#include <string>
#include <vector>

#include "domain/order/decide.hpp"
#include "domain/order/evolve.hpp"
#include "domain/order/pending_effects.hpp"

namespace orderflow::given {

/// When every order here was placed; commands come at this time unless the test says otherwise.
inline constexpr timestamp start{std::chrono::milliseconds{1'764'583'200'000}};

inline constexpr order_id number{7};
inline constexpr minor_units price = 100;  ///< Of one order: 2 × 50.

[[nodiscard]] currency usd();
[[nodiscard]] customer somebody();
[[nodiscard]] std::vector<order_line> tracked_lines();
[[nodiscard]] std::vector<order_line> untracked_lines();
[[nodiscard]] std::vector<order_line> free_lines();  ///< Tracked, price 0.

[[nodiscard]] place_order placing(std::vector<order_line> lines);
[[nodiscard]] place_order placing(std::vector<order_line> lines, std::string pay_with);
[[nodiscard]] open_cart a_cart();
/// A checkout with or without a way to pay, or the invoice that is one.
[[nodiscard]] order_action some_checkout(uint8_t which);

/// What `decide` says, folded onto the order. Fails the test where the command is refused.
[[nodiscard]] order after(order now, const std::vector<order_action>& actions, timestamp at = start);

/// The outcome as one line: "=" nothing new, "! rule" refused, else the events in order with what matters of them, then
/// "later" if it is granted for later, then in brackets the effects that are owed now and were not owed before.
[[nodiscard]] std::string outcome(const order& now, const order_action& action, timestamp at = start);

[[nodiscard]] std::string text_of(const order_event& event);
[[nodiscard]] std::string text_of(const effect& what);

// The eight columns of the state table.
[[nodiscard]] order awaiting_checkout();
[[nodiscard]] order awaiting_stock();
[[nodiscard]] order awaiting_payment();
[[nodiscard]] order payment_processing();
[[nodiscard]] order paid();
[[nodiscard]] order shipped();
[[nodiscard]] order delivered();
[[nodiscard]] order cancelled();  ///< By the customer, while it waited for payment.

}  // namespace orderflow::given
