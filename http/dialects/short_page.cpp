#include "http/dialects/short_page.hpp"

#include <charconv>

#include "http/dialects/order_page.hpp"

namespace orderflow {

namespace {

constexpr uint32_t largest_limit = 1000;

}  // namespace

std::variant<short_page, problem> read_short_page(std::string_view query, uint32_t usual) {
  auto parsed = query_values::parse(query);
  if (!parsed) return malformed("query_must_be_well_formed", "The query is malformed.");
  short_page page{std::move(*parsed), usual, {}};
  if (const auto* text = page.query.find("limit")) {
    const auto [end, failed] = std::from_chars(text->data(), text->data() + text->size(), page.limit);
    const bool whole = failed == std::errc{} && end == text->data() + text->size();
    if (!whole || page.limit < 1 || page.limit > largest_limit)
      return invalid({{"?limit", "must be a whole number from 1 to " + std::to_string(largest_limit)}});
  }
  if (const auto* cursor = page.query.find("cursor")) {
    if (cursor->empty()) return foreign_cursor();
    page.cursor = *cursor;
  }
  return page;
}

problem foreign_cursor() { return invalid({{"?cursor", cursor_must_be_ours}}); }

void add_next_page(reply& made, std::string_view path, short_page page, std::string cursor) {
  page.query.set("cursor", std::move(cursor));
  made.header("Link", "<" + std::string{path} + "?" + page.query.text() + ">; rel=\"next\"");
}

}  // namespace orderflow
