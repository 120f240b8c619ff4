// The words in which people are told. Each text is about an order of which its message is true (`is_true_of`).
#pragma once

#include <string>

#include "domain/order/message.hpp"

namespace orderflow {

struct message_text {
  std::string subject;
  std::string body;
};
/// `returned`: the amount that a refund, or a cancellation, is told of; all that went back where it is empty.
[[nodiscard]] message_text write_message(message_kind kind, const order& now, std::optional<minor_units> returned = std::nullopt);

/// The amount that goes back, or went, by what happened: a refund, or a cancellation without what had gone back before it.
/// Nothing for other events. `now` may be later.
[[nodiscard]] std::optional<minor_units> returned_by(const recorded_event& recorded, const order& now);

}  // namespace orderflow
