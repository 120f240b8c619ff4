// The sandbox: a payment gateway, a carrier and a mailbox that stand for systems which survive our crash. Their memory is an
// append-only ledger file under DIR/sandbox/ of their own (no fsync: it survives kill -9 of this process), read at start.
// Behaviour by method token, see the table in docs/api.md. Thread rule: all members may be called from any thread. Because it
// plays other people's systems it has locks and a thread of its own, which our own code has not; callbacks come from the
// caller's thread, or from that one where an answer takes time.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "gateways/carrier.hpp"
#include "gateways/mailer.hpp"
#include "gateways/payment_gateway.hpp"

namespace orderflow {

/// One thing that happened at the gateway.
struct ledger_entry {
  std::string kind;  ///< "charge" (asked), "capture", "decline", "refund", "refund_refused".
  std::string key;
  order_id order;
  minor_units amount = 0;
  std::string money;  ///< ISO code.
  std::string method;
  std::string transaction;  ///< capture.
  timestamp at{};
  std::string tenant{};  ///< Of the order; empty: the usual one.
};

struct sent_message {
  outgoing_message message;
  timestamp at{};
};

class sandbox {
 public:
  /// `directory`: DIR/sandbox itself, made if absent; files `ledger`, `parcels`, `mail`. Reads the ledger and resumes slow
  /// charges from it. `time` outlives this. One process at a time. Throws std::runtime_error with a sentence.
  sandbox(std::string directory, const clock& time);
  ~sandbox();
  sandbox(const sandbox&) = delete;
  sandbox& operator=(const sandbox&) = delete;

  [[nodiscard]] payment_gateway& payments();
  [[nodiscard]] orderflow::carrier& shipments();
  [[nodiscard]] mailer& mailbox();

  /// Somebody returns money of the order without us. False: no more than was captured can go back, or it could not be written.
  [[nodiscard]] bool external_refund(order_id order, minor_units amount, currency money);

  /// The gateway takes `amount` of `money` for a charge that it declined or left open, after all. `told`: it reports that by
  /// itself; otherwise only who asks hears of it. False: there is no such charge, it is captured already, or it could not be
  /// written.
  [[nodiscard]] bool capture_late(order_id order, uint32_t attempt, minor_units amount, currency money, bool told);

  /// "ok" (each charge by its own token), "down" (every call fails), or a token of the table for every following charge.
  /// False: not such a word.
  [[nodiscard]] bool set_mode(const std::string& mode, milliseconds delay);
  [[nodiscard]] std::vector<ledger_entry> ledger() const;
  /// The charge of that key has taken money, whether or not anybody was told.
  [[nodiscard]] bool was_captured(const std::string& key) const;
  [[nodiscard]] std::vector<sent_message> sent() const;

 private:
  struct state;
  std::unique_ptr<state> state_;
};

/// True for a token of the table ("ok", "insufficient_funds", …): what D4's `payment_method` accepts.
[[nodiscard]] bool is_sandbox_token(const std::string& word);

}  // namespace orderflow
