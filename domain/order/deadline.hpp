// The next deadline of an order, as data.
#pragma once

#include <optional>

#include "domain/order/commands.hpp"

namespace orderflow {

struct deadline {
  timestamp at{};
  deadline_kind kind{};
  timestamp from{};  ///< What it is counted from.
  auto operator<=>(const deadline&) const = default;
};

/// The earliest deadline that can still change something, or nothing. A function of the state alone, so it is stored as
/// `due_at` with every append and found again after a restart.
[[nodiscard]] std::optional<deadline> next_deadline(const order& now);

}  // namespace orderflow
