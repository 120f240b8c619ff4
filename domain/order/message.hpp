// Which facts people are told, and of which orders each message is true.
#pragma once

#include <optional>
#include <vector>

#include "domain/order/events.hpp"

namespace orderflow {

/// The templates of the customer's design document, and ours. Stored format: add, never change.
enum class message_kind : uint8_t {
  order_confirmation = 1,
  order_shipped = 2,
  order_cancelled = 3,
  order_timeout_alert = 4,
  payment_failed = 5,
  refunded = 6,
  payment_reminder = 7,
};

/// The kind of message that an event is told by; nothing: nobody is told.
[[nodiscard]] std::optional<message_kind> message_of(const order_event& event);
[[nodiscard]] inline bool is_told(const order_event& event) { return message_of(event).has_value(); }

/// The message is true of the order as it stands: nobody is told of a parcel that has not left, nor of money that was not taken.
[[nodiscard]] bool is_true_of(const order& now, message_kind kind);

/// The message is not true of the order, but may become so.
[[nodiscard]] bool may_become_true_of(const order& now, message_kind kind);

/// What is told of the event to the customer of an order that stands like `now`, which may be later than the event. Nothing where
/// it is no longer true, or where another message tells it: a decline that cancelled the order is told by the cancellation.
[[nodiscard]] std::optional<message_kind> message_of(const order_event& event, const order& now);

/// Numbers of the event types that are told, for the follower's query.
[[nodiscard]] const std::vector<uint16_t>& told_event_types();

}  // namespace orderflow
