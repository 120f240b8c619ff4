// What waits for a person, in words, and the request that resolves it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/order/order.hpp"

namespace orderflow {

struct resolving_command {
  std::string_view method;
  std::string path;
  std::string how;     ///< A sentence.
  std::string body{};  ///< JSON to begin with; empty: none is needed.
};

struct operator_need {
  std::string_view code;  ///< The reason's stable word.
  std::string reason;     ///< A sentence.
  timestamp since{};
  resolving_command resolve;
};

/// Empty where the order needs nobody.
[[nodiscard]] std::vector<operator_need> operator_needs(const order& now);

/// For a call that the payment gateway does not answer; `key`: see key_of. Nothing where the order does not wait for it any more.
[[nodiscard]] std::optional<resolving_command> resolution_of_waiting(const order& now, std::string_view key);

/// What ends the outage of a dependency; a sentence.
[[nodiscard]] std::string_view recovery_of(std::string_view dependency);

}  // namespace orderflow
