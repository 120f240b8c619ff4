// The lines of the sandbox gateway's ledger. Stored format: add, never change.
//   {"kind":"charge","key":"charge/7/1","order":7,"amount":10050,"money":"USD","method":"ok","at":1700000000000,"outcome":"captured"}
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateways/sandbox.hpp"
#include "gateways/sandbox_tokens.hpp"

namespace orderflow {

enum class ledger_kind : uint8_t {
  charge = 1,            ///< Asked; `outcome` where it was decided at once, as almost always.
  capture = 2,           ///< A charge asked before was captured.
  decline = 3,           ///< A charge asked before was declined.
  unanswered_query = 4,  ///< First query of a `never`. Not shown: nothing happened to money.
  refund = 5,
  refund_refused = 6,
};

enum class charge_outcome : uint8_t { open = 1, captured = 2, declined = 3 };

struct ledger_line {
  ledger_kind kind = ledger_kind::charge;
  std::string key;
  order_id order;
  minor_units amount = 0;
  currency money;
  sandbox_token method = sandbox_token::ok;
  timestamp at{};
  charge_outcome outcome = charge_outcome::open;
  std::string tenant{};  ///< charge: of the order; empty: the usual one.
};

/// Ends with a newline.
[[nodiscard]] std::string write_ledger_line(const ledger_line& line);
/// Nothing when the text is no such line.
[[nodiscard]] std::optional<ledger_line> read_ledger_line(std::string_view text);

/// What the line says to the reader of the ledger: none, one or two entries.
void append_entries(std::vector<ledger_entry>& to, const ledger_line& line);

/// The gateway's number for a capture: order × 100 + attempt for a key of ours (`charge/<order>/<attempt>`), else one of
/// eighteen digits derived from the key.
[[nodiscard]] std::string transaction_of(std::string_view key);

}  // namespace orderflow
