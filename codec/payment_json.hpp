// A payment as DD-ORDER-001 §6.1 tells it between services, read and written: the client of a remote payment service and the
// sandbox that stands for one use the same words. What is read comes from outside and is believed in nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/time.hpp"
#include "domain/ids.hpp"
#include "domain/money.hpp"

namespace orderflow {

enum class payment_state_word : uint8_t { processing = 1, completed = 2, failed = 3, refunded = 4 };
enum class refund_state_word : uint8_t { started = 1, settled = 2, refused = 3 };

struct told_attempt {
  uint32_t number = 0;  ///< Counted by the service, from 1.
  payment_state_word status = payment_state_word::processing;
  std::string reason;
  timestamp at{};
  // What the document does not have. Where a service tells them they say more than the number.
  std::string key;                    ///< Idempotency-Key of the call that made the attempt.
  std::optional<minor_units> amount;  ///< What was really taken; otherwise the payment's.
  std::string transaction;            ///< Otherwise the payment's, which is that of the last attempt.
};

struct told_refund {
  uint32_t number = 0;
  minor_units amount = 0;
  refund_state_word status = refund_state_word::started;
  timestamp at{};
  std::string key;  ///< As above.
};

struct told_payment {
  int64_t id = 0;
  order_id order;
  minor_units amount = 0;
  currency money;
  payment_state_word status = payment_state_word::processing;
  std::string transaction;
  minor_units refunded = 0;  ///< All that went back so far, by whomever.
  std::vector<told_attempt> attempts;
  std::vector<told_refund> refunds;
  timestamp created_at{};
};

/// Nothing may be missing that money depends on: order, amount, currency and status; an amount has no more digits than its
/// currency. Otherwise a sentence about the first thing that is wrong.
[[nodiscard]] std::variant<told_payment, std::string> read_payment(std::string_view text);

[[nodiscard]] std::string write_payment(const told_payment& payment);

}  // namespace orderflow
