// The words of the shop document (D0): decoding its bodies, encoding its replies. Pure, so that they are tested without a
// server. Every reply is an envelope {code, message, …}; the HTTP status is the code.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "domain/order/order.hpp"
#include "http/dialects/reading.hpp"
#include "http/problem.hpp"
#include "http/signature.hpp"

namespace orderflow {

struct d0_settings {
  currency money{{'U', 'S', 'D'}};                       ///< The document names none.
  timer_policy timers;                                   ///< Of the orders placed here.
  milliseconds usual_wait = std::chrono::seconds{10};    ///< Calls that answer after stock or payment.
  milliseconds longest_wait = std::chrono::seconds{30};  ///< What `Prefer: wait=n` may ask for.
};

/// Order 456 is "ORD000456".
[[nodiscard]] std::string d0_order_word(order_id id);
/// Transaction 45601 is "TXN45601".
[[nodiscard]] std::string d0_transaction_word(int64_t number);

/// Reads user and token, which are verified before anything else is said about the body.
struct d0_claim {
  std::string user;
  std::string token;
};
[[nodiscard]] std::variant<d0_claim, problem> d0_decode_claim(const json_value& body);

/// The signed order as sent, and what its amount says in the currency.
struct d0_order_wish {
  signed_order as_signed;
  std::string signature;
  minor_units amount = 0;
};
[[nodiscard]] std::variant<d0_order_wish, problem> d0_decode_order(const json_value& body, currency money);

struct d0_lock_wish {
  order_id order;
  std::vector<order_line> lines;  ///< Products and quantities only.
};
[[nodiscard]] std::variant<d0_lock_wish, problem> d0_decode_lock(std::string_view body);
/// The same quantities of the same products, however they are spread over lines.
[[nodiscard]] bool d0_same_items(const std::vector<order_line>& named, const std::vector<order_line>& ordered);

/// `sendAt` is earlier than any time where the message is for now.
struct d0_message_wish {
  std::string user;
  std::string channel;
  std::string recipient;
  std::string subject;
  std::string text;
  std::optional<timestamp> send_at;
  milliseconds delay{0};
};
[[nodiscard]] std::variant<d0_message_wish, problem> d0_decode_message(std::string_view body);

/// {code, message}, 422 as 400: the document knows no other.
[[nodiscard]] reply d0_problem(const problem& what, std::string_view request_id);
/// The same with `locked: false`.
[[nodiscard]] reply d0_lock_problem(const problem& what, std::string_view request_id);
/// The same with `paymentStatus: "failed"` where it is certain that nothing was or will be paid by this call: every 4xx. Where
/// a payment by another method goes on: `processing`.
[[nodiscard]] reply d0_payment_problem(const problem& what, std::string_view request_id);

[[nodiscard]] reply d0_created(const order& now);
[[nodiscard]] reply d0_lock_answer(const order& now);
[[nodiscard]] reply d0_payment_answer(const order& now);
[[nodiscard]] reply d0_message_sent();

}  // namespace orderflow
