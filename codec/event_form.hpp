// Stored form of any variant of events: `type` is the alternative's number in the variant, from 1. Stored format: add, never
// change.
#pragma once

#include <string>
#include <utility>
#include <variant>

#include "codec/member_reader.hpp"
#include "codec/member_writer.hpp"

namespace orderflow {

/// The form of every event's body so far. A second form of an event gets version 2 and a branch where its type is decoded.
inline constexpr uint16_t event_version = 1;

template <class Variant>
stored_event encode_event(const Variant& event, timestamp at) {
  stored_event stored{.type = static_cast<uint16_t>(event.index() + 1), .version = event_version, .at = at, .body = {}};
  json_writer to{stored.body};
  std::visit([&](const auto& each) { member_writer::write(to, each); }, event);
  return stored;
}

/// `family` and `name` say in the error what it was: "order event order_placed". Throws codec_error.
template <class Variant>
Variant decode_event(const stored_event& stored, std::string_view family, std::string_view name) {
  std::string what{family};
  if (!name.empty()) what.append(" ").append(name);
  what += " (type " + std::to_string(stored.type) + ", version " + std::to_string(stored.version) + ")";
  constexpr size_t known = std::variant_size_v<Variant>;
  if (stored.type == 0 || stored.type > known)
    throw codec_error{what + ": no such type; a newer binary wrote it, or it is damaged."};
  if (stored.version != event_version) throw codec_error{what + ": no such version; a newer binary wrote it, or it is damaged."};
  Variant event;
  [&]<size_t... I>(std::index_sequence<I...>) {
    const auto read = [&]<size_t N>(std::integral_constant<size_t, N>) {
      if (stored.type == N + 1) event = member_reader::read<std::variant_alternative_t<N, Variant>>(stored.body, what);
    };
    (read(std::integral_constant<size_t, I>{}), ...);
  }
  (std::make_index_sequence<known>{});
  return event;
}

}  // namespace orderflow
