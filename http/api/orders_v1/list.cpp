// GET /api/v1/orders/: filters, pages, totals.
#include <algorithm>

#include "base/whole_number.hpp"
#include "codec/order_json.hpp"
#include "http/api/common/history.hpp"
#include "http/api/common/order_page.hpp"
#include "http/api/orders_v1/routes.hpp"

namespace orderflow::orders_v1 {

namespace {

constexpr uint32_t largest_skip = 10'000;
constexpr uint32_t largest_limit = 1'000;

/// The page and how many orders there are in all.
struct counted_page {
  order_page page;
  uint64_t total = 0;
};

struct list_reader {
  const query_values& from;
  std::vector<field_error>& errors;

  void wrong(std::string_view name, std::string message) { errors.push_back({"?" + std::string{name}, std::move(message)}); }

  std::optional<uint32_t> number(std::string_view name, uint32_t least, uint32_t most) {
    const auto* text = from.find(name);
    if (text == nullptr) return std::nullopt;
    const auto value = whole_number<uint32_t>(*text);
    if (value && *value >= least && *value <= most) return value;
    wrong(name, "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most));
    return std::nullopt;
  }
  std::optional<std::string> word(std::string_view name) {
    const auto* text = from.find(name);
    if (text == nullptr) return std::nullopt;
    // An empty text is no filter and no index finds it: a form that was not filled in must not read the whole store.
    if (text->empty()) wrong(name, "must not be empty; leave it out to see all");
    if (text->size() > max_text) wrong(name, "is longer than any value that an order could have");
    return *text;
  }
  std::optional<timestamp> time(std::string_view name) {
    const auto* text = from.find(name);
    if (text == nullptr) return std::nullopt;
    if (const auto ms = parse_rfc3339(*text)) return from_ms(*ms);
    wrong(name, "must be a time such as 2025-12-01T10:00:00Z or 2025-12-01T10:00:00%2B09:00");
    return std::nullopt;
  }
};

order_query read_query(const query_values& from, std::vector<field_error>& errors) {
  list_reader read{from, errors};
  order_query wanted;
  wanted.skip = read.number("skip", 0, largest_skip).value_or(0);
  wanted.limit = read.number("limit", 1, largest_limit).value_or(20);
  wanted.customer_email = read.word("customer_email");
  wanted.external_id = read.word("external_id");
  wanted.batch_id = read.word("batch_id");
  wanted.import_group = read.word("import_group");
  wanted.created_from = read.time("created_from");
  wanted.created_to = read.time("created_to");
  if (const auto* status = from.find("status")) {
    wanted.status = parse_order_status(*status);
    if (!wanted.status) read.wrong("status", "must be one of pending, payment_processing, paid, shipped, delivered, cancelled");
  }
  wanted.needs_operator = read_flag(from, "needs_operator", errors).value_or(false);
  if (const auto* cursor = from.find("cursor")) {
    wanted.after = parse_cursor(*cursor);
    if (!wanted.after) read.wrong("cursor", cursor_must_be_ours);
  }
  if (const auto* sort = from.find("sort")) {
    wanted.oldest_first = *sort == "created_at";
    if (!wanted.oldest_first && *sort != "-created_at") read.wrong("sort", "must be created_at or -created_at");
  }
  return wanted;
}

}  // namespace

void list_orders(dialect& api, const request& req, const responder& to) {
  auto query = query_values::parse(req.query);
  if (!query) return to(problem_json(malformed("query_must_be_well_formed", "The query is malformed."), req.id));
  std::vector<field_error> errors;
  auto wanted = read_query(*query, errors);
  const bool counts = read_flag(*query, "count", errors).value_or(false);
  if (!errors.empty()) return to(problem_json(invalid(std::move(errors)), req.id));
  narrow_to(req.from, wanted);
  auto found = std::make_shared<counted_page>();
  api.context.bridge.read(
      [found, wanted, counts](reader& from) {
        fill_page(found->page, from, wanted, write_order);
        if (counts) found->total = from.count_orders(wanted);
      },
      [found, counts, &req, to, query = std::move(*query)](const failure& failed) {
        if (failed.code != errc::none) return to(problem_json(problem_of(failed), req.id));
        if (!found->page.damage.empty()) return to(problem_json(record_is_damaged(), req.id));
        auto made = page_reply(found->page, "/api/v1/orders/", query);
        if (counts) made.header("X-Total-Count", std::to_string(found->total));
        to(std::move(made));
      });
}

}  // namespace orderflow::orders_v1
