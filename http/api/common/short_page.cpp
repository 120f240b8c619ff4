#include "http/api/common/short_page.hpp"

#include "base/whole_number.hpp"
#include "http/api/common/order_page.hpp"

namespace orderflow {

namespace {

constexpr uint32_t largest_limit = 1000;

}  // namespace

std::variant<short_page, problem> read_short_page(std::string_view query, uint32_t usual,
                                                  bool (*is_ours)(std::string_view cursor)) {
  auto parsed = query_values::parse(query);
  if (!parsed) return malformed("query_must_be_well_formed", "The query is malformed.");
  short_page page{std::move(*parsed), usual, {}};
  std::vector<field_error> errors;
  if (const auto* text = page.query.find("limit")) {
    page.limit = whole_number<uint32_t>(*text).value_or(0);
    if (page.limit < 1 || page.limit > largest_limit)
      errors.push_back({"?limit", "must be a whole number from 1 to " + std::to_string(largest_limit)});
  }
  if (const auto* cursor = page.query.find("cursor")) {
    if (cursor->empty() || !is_ours(*cursor)) errors.push_back({"?cursor", cursor_must_be_ours});
    page.cursor = *cursor;
  }
  if (!errors.empty()) return invalid(std::move(errors));
  return page;
}

void add_next_page(reply& made, std::string_view path, short_page page, std::string cursor) {
  page.query.set("cursor", std::move(cursor));
  made.header("Link", "<" + std::string{path} + "?" + page.query.text() + ">; rel=\"next\"");
}

}  // namespace orderflow
