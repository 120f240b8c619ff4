// Pages of lists that are in memory as a whole: in the order of a text or a place that no two entries share.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "http/pipeline/problem.hpp"
#include "http/pipeline/query.hpp"
#include "http/pipeline/request.hpp"

namespace orderflow {

/// What such a list reads of its query.
inline constexpr std::string_view short_page_parameters[] = {"limit", "cursor"};

struct short_page {
  query_values query;
  uint32_t limit = 0;
  std::string cursor;  ///< One of the list's; empty: from the beginning.
};

/// `usual`: the limit where none is given. Refuses a limit outside 1 … 1000, and a cursor that is none of the list's.
[[nodiscard]] std::variant<short_page, problem> read_short_page(std::string_view query, uint32_t usual,
                                                                bool (*is_ours)(std::string_view cursor));
/// The header of a page that has another one behind it.
void add_next_page(reply& made, std::string_view path, short_page page, std::string cursor);

}  // namespace orderflow
