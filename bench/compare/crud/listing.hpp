// Orders as the tables tell them, and as clients are told.
#pragma once

#include <string_view>
#include <vector>

#include "bench/compare/crud/shop.hpp"
#include "http/pipeline/query.hpp"

namespace orderflow::crud {

/// A page of orders of one customer; `add_items` fills in the lines.
[[nodiscard]] std::vector<order> orders_of(const postgres::answer& rows, std::string_view email);
void add_items(std::vector<order>& to, const postgres::answer& rows);

/// With a link to the next page where this one is full.
[[nodiscard]] reply page_reply(const std::vector<order>& page, query_values query, int64_t limit);

[[nodiscard]] reply ledger_reply(const std::vector<capture>& captures);

}  // namespace orderflow::crud
