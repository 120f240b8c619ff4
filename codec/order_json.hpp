// Stored form of an order's events and folded state. Stored format: add, never change; older forms are upcast for ever.
// The members' names are listed in codec/stored_members.hpp.
#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "domain/order/events.hpp"
#include "journal/append.hpp"

namespace orderflow {

/// Not decodable: a newer binary wrote it, or the row is damaged. `what()` names type, version and reason.
class codec_error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

[[nodiscard]] stored_event encode(const recorded_event& recorded);
/// Throws codec_error.
[[nodiscard]] recorded_event decode_order_event(const stored_event& stored);

/// Form of the folded state below. A row of another version is folded from its events.
inline constexpr uint16_t order_state_version = 1;
[[nodiscard]] std::string encode_state(const order& now);
/// Throws codec_error.
[[nodiscard]] order decode_state(const std::string& text);

/// The event's public name, such as "order_placed": history, live stream, webhooks.
[[nodiscard]] std::string_view name_of(const order_event& event);
/// By the number it is stored under; empty for a number this binary does not know.
[[nodiscard]] std::string_view name_of_order_event(uint16_t type);

/// The words of the domain, lower case, as most dialects write them: "payment_processing". Empty for a number that is none of
/// the set's, so that a decoder can tell.
[[nodiscard]] std::string_view to_string(order_status status);
[[nodiscard]] std::string_view to_string(pending_reason reason);
[[nodiscard]] std::string_view to_string(stock_status status);
[[nodiscard]] std::string_view to_string(attempt_status status);
[[nodiscard]] std::string_view to_string(refund_status status);
[[nodiscard]] std::string_view to_string(shipment_status status);
[[nodiscard]] std::string_view to_string(cancel_reason reason);
[[nodiscard]] std::string_view to_string(operator_reason reason);
[[nodiscard]] std::string_view to_string(unmatched_reason reason);
[[nodiscard]] std::string_view to_string(deadline_kind kind);
[[nodiscard]] std::string_view to_string(tax_mode mode);
/// Reads any case; nothing when unknown.
[[nodiscard]] std::optional<order_status> parse_order_status(std::string_view word);
[[nodiscard]] std::optional<tax_mode> parse_tax_mode(std::string_view word);

}  // namespace orderflow
