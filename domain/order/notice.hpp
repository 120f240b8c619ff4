// Which facts people are told.
#pragma once

#include <optional>
#include <vector>

#include "domain/order/events.hpp"

namespace orderflow {

/// The templates of the customer's design document, and ours. Stored format: add, never change.
enum class notice_kind : uint8_t {
  order_confirmation = 1,
  order_shipped = 2,
  order_cancelled = 3,
  order_timeout_alert = 4,
  payment_failed = 5,
  refunded = 6,
};

/// Nothing: nobody is told.
[[nodiscard]] std::optional<notice_kind> notice_of(const order_event& event);
[[nodiscard]] inline bool is_told(const order_event& event) { return notice_of(event).has_value(); }

/// Numbers of the event types that are told, for the follower's query.
[[nodiscard]] const std::vector<uint16_t>& told_event_types();

}  // namespace orderflow
