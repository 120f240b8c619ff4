// How a store keeps the events of one append: one row, with the first event in columns and those after it in one text.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "journal/append.hpp"

namespace orderflow {

/// The events after the first: a JSON array of [type, version, at, body], `at` in milliseconds since the Unix epoch; nothing
/// where there is one event. Stored form: add, never change.
[[nodiscard]] std::optional<std::string> text_of_further(std::span<const stored_event> events);

/// The other way: `count` events, added behind the first one's. A text that is no such array of so many gives as many events
/// that no codec can decode, with that text as their body: damage is met where an event is used, as for the columns.
void add_further(std::string_view text, uint64_t count, std::vector<stored_event>& to);

}  // namespace orderflow
