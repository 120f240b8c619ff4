// An identifier of a customer or a product where a document shows a number: it is written as one if it is one.
#pragma once

#include <algorithm>
#include <string_view>

#include "codec/json.hpp"

namespace orderflow {

inline void write_id(json_writer& out, std::string_view id) {
  const bool digits = !id.empty() && std::ranges::all_of(id, [](char c) { return c >= '0' && c <= '9'; });
  // Above 15 digits JavaScript rounds; a leading zero would be lost. A line without a product has an empty id.
  const bool fits = digits && id.size() <= 15 && (id.size() == 1 || id[0] != '0');
  if (fits) {
    out.raw(id);
  } else {
    out.string(id);
  }
}

}  // namespace orderflow
