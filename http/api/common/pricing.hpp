// Prices the lines that a client sent, for every dialect in the same way: the catalogue's price counts, and only who sells may
// price a line himself. A customer must not set prices by leaving out a product.
#pragma once

#include <optional>
#include <vector>

#include "http/api/common/handler_context.hpp"

namespace orderflow {

/// Fills in names and prices; or what is wrong, with the pointer of the first line that the rule is about.
/// `unknown_allowed`: lines with a product that the catalogue does not know keep their own price (settings).
[[nodiscard]] std::optional<problem> price_for(const handler_context& context, const principal& who, bool unknown_allowed,
                                               currency money, std::vector<order_line>& lines);

}  // namespace orderflow
