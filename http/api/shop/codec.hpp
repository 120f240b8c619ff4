// The words of the shop document (D0): decoding its bodies, encoding its replies. Pure, so that they are tested without a
// server. Every reply is an envelope {code, message, …}; the HTTP status is the code.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "domain/order/order.hpp"
#include "http/api/common/reading.hpp"
#include "http/auth/signature.hpp"
#include "http/pipeline/problem.hpp"

namespace orderflow::shop {

struct api_settings {
  currency money{{'U', 'S', 'D'}};                       ///< The document names none.
  timer_policy timers;                                   ///< Of the orders placed here.
  milliseconds usual_wait = std::chrono::seconds{10};    ///< Calls that answer after stock or payment.
  milliseconds longest_wait = std::chrono::seconds{30};  ///< What `Prefer: wait=n` may ask for.
};

/// Order 456 is "ORD000456".
[[nodiscard]] std::string order_word(order_id id);
/// Transaction 45601 is "TXN45601".
[[nodiscard]] std::string transaction_word(int64_t number);

/// Reads user and token, which are verified before anything else is said about the body.
struct customer_claim {
  std::string user;
  std::string token;
};
[[nodiscard]] std::variant<customer_claim, problem> decode_claim(const json_value& body);

/// The signed order as sent, and what its amount says in the currency.
struct order_body {
  signed_order as_signed;
  std::string signature;
  minor_units amount = 0;
};
[[nodiscard]] std::variant<order_body, problem> decode_order(const json_value& body, currency money);

struct lock_body {
  order_id order;
  std::vector<order_line> lines;  ///< Products and quantities only.
};
[[nodiscard]] std::variant<lock_body, problem> decode_lock(std::string_view body);
/// The same quantities of the same products, however they are spread over lines.
[[nodiscard]] bool same_items(const std::vector<order_line>& named, const std::vector<order_line>& ordered);

/// `sendAt` is earlier than any time where the message is for now.
struct message_body {
  std::string user;
  std::string channel;
  std::string recipient;
  std::string subject;
  std::string text;
  std::optional<timestamp> send_at;
  milliseconds delay{0};
};
[[nodiscard]] std::variant<message_body, problem> decode_message(std::string_view body);

/// {code, message}, 422 as 400: the document knows no other.
[[nodiscard]] reply problem_reply(const problem& what, std::string_view request_id);
/// The same with `locked: false`.
[[nodiscard]] reply lock_problem_reply(const problem& what, std::string_view request_id);
/// The same with `paymentStatus: "failed"` where it is certain that nothing was or will be paid by this call: every 4xx. Where
/// a payment by another method goes on: `processing`.
[[nodiscard]] reply payment_problem_reply(const problem& what, std::string_view request_id);

[[nodiscard]] reply created_reply(const order& now);
[[nodiscard]] reply lock_reply(const order& now);
[[nodiscard]] reply payment_reply(const order& now);
[[nodiscard]] reply message_sent_reply();

}  // namespace orderflow::shop
