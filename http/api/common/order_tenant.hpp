// Whose an order is, for what is known of it without its record: calls that wait, orders that are held back.
#pragma once

#include <string_view>

#include "journal/store.hpp"

namespace orderflow {

/// Another tenant's order does not exist. One that is not stored is the usual tenant's. On a reader's thread.
[[nodiscard]] inline bool is_of_tenant(reader& from, order_id id, std::string_view tenant) {
  const auto row = from.find_order(id);
  return (row ? std::string_view{row->row.source.tenant} : usual_tenant) == tenant;
}

}  // namespace orderflow
