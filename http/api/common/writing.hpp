// Writing replies: what several tables of routes write in the same way. The other side of reading.hpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "codec/json.hpp"
#include "http/pipeline/request.hpp"

namespace orderflow {

/// One object per item; `write(out, item)` adds its members.
template <class Items, class Write>
[[nodiscard]] reply list_reply(const Items& items, Write write) {
  reply made;
  json_writer out{made.body};
  out.begin_array();
  for (const auto& each : items) {
    out.begin_object();
    write(out, each);
    out.end_object();
  }
  out.end_array();
  return made;
}

/// An empty text is null.
inline void write_text_or_null(json_writer& out, std::string_view name, std::string_view text) {
  out.key(name);
  if (text.empty()) {
    out.null();
  } else {
    out.string(text);
  }
}

inline void write_number_or_null(json_writer& out, std::string_view name, std::optional<int64_t> number) {
  out.key(name);
  if (number) {
    out.integer(*number);
  } else {
    out.null();
  }
}

}  // namespace orderflow
