// What the sandbox did for each order, as a payment service shows it: DD-ORDER-001 §6.1 asks by order, the sandbox's gateway
// knows keys. Made from the ledger at start and kept up by whoever speaks for the sandbox.
// Thread rule: one thread.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "codec/payment_json.hpp"
#include "gateways/sandbox.hpp"

namespace orderflow {

class sandbox_payment_records {
 public:
  explicit sandbox_payment_records(const std::vector<ledger_entry>& ledger);

  /// A charge is about to be made; asked again with its key it is the same attempt.
  void begin(const charge_request& request, timestamp at);
  /// What the gateway said about a charge. An attempt that it does not know was never made.
  void note(order_id order, const charge_answer& answer, timestamp at);
  void note(const refund_request& request, const refund_answer& answer, timestamp at);

  /// Keys of attempts whose end is not known here yet.
  [[nodiscard]] std::vector<std::string> open_charges(order_id order) const;
  /// Keys for calls that come without one: an attempt that is open or captured is joined, after a decline a new one begins;
  /// each such refund is another one.
  [[nodiscard]] std::string next_charge(order_id order) const;
  [[nodiscard]] std::string next_refund(order_id order) const;

  /// Nothing where no attempt was made.
  [[nodiscard]] std::optional<told_payment> payment_of(order_id order) const;
  /// What was captured and has not gone back.
  [[nodiscard]] minor_units left(order_id order) const;

 private:
  struct attempt {
    told_attempt told;
    bool made = true;  ///< False: the gateway does not know it (any more).
  };
  struct account {
    currency money;
    minor_units amount = 0;
    minor_units refunded = 0;
    std::vector<attempt> attempts;
    std::vector<told_refund> refunds;
  };
  [[nodiscard]] const account* find(order_id order) const;
  void read(const ledger_entry& entry);

  std::unordered_map<order_id, account> accounts_;
};

}  // namespace orderflow
