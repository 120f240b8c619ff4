// Reading orders in the document's words: one, or a customer's.

#include "base/whole_number.hpp"
#include "codec/order_json.hpp"
#include "http/dialects/d3.hpp"
#include "http/dialects/history.hpp"
#include "http/dialects/order_page.hpp"
#include "http/dialects/own_account.hpp"

namespace orderflow {

namespace {

constexpr uint32_t usual_limit = 100;
constexpr uint32_t largest_limit = 1000;
constexpr uint32_t largest_skip = 10'000;

/// A whole number up to `most`; nothing where the parameter is no such number.
std::optional<uint32_t> number_in(const query_values& query, std::string_view name, uint32_t otherwise, uint32_t most) {
  const auto* text = query.find(name);
  if (text == nullptr) return otherwise;
  const auto value = whole_number<uint32_t>(*text);
  return value && *value <= most ? value : std::nullopt;
}

std::variant<order_query, problem> read_query(const request& asked, const query_values& query) {
  order_query wanted;
  narrow_to(asked.from, wanted);
  if (const auto* user = query.find("userId")) {
    const auto who = account_for(asked.from, *user);
    if (!who) return user_not_found();
    wanted.owner = who->user;
  }
  const auto skip = number_in(query, "skip", 0, largest_skip);
  const auto limit = number_in(query, "limit", usual_limit, largest_limit);
  if (!skip || !limit) return malformed("page_must_be_in_range", "skip goes to 10000 and limit to 1000.");
  wanted.skip = *skip;
  wanted.limit = *limit;
  if (const auto* cursor = query.find("cursor")) {
    wanted.after = parse_cursor(*cursor);
    if (!wanted.after) return malformed("page_must_be_in_range", std::string{"cursor "} + cursor_must_be_ours + ".");
  }
  return wanted;
}

}  // namespace

void d3_get_order(d3_dialect& with, const request& asked, const responder& to) {
  const auto id = parse_order_id(asked.values[0]);
  if (!id) return to(d3_problem(order_not_found(), asked.id));
  look_at(with.on, asked, *id, std::nullopt, [&asked, to](const order_outcome& outcome) {
    if (const auto* wrong = std::get_if<problem>(&outcome)) return to(d3_problem(*wrong, asked.id));
    const auto& now = *std::get<order_reply>(outcome).now;
    reply made;
    json_writer out{made.body};
    d3_write_order(out, now);
    made.header("ETag", etag_of(now.version));
    to(std::move(made));
  });
}

void d3_list_orders(d3_dialect& with, const request& asked, const responder& to) {
  auto query = query_values::parse(asked.query);
  if (!query) return to(d3_problem(malformed("query_must_be_well_formed", "The query is malformed."), asked.id));
  auto wanted = read_query(asked, *query);
  if (const auto* wrong = std::get_if<problem>(&wanted)) return to(d3_problem(*wrong, asked.id));
  auto found = std::make_shared<order_page>();
  with.on.bridge.read(
      [found, wanted = std::get<order_query>(wanted)](reader& from) { fill_page(*found, from, wanted, d3_write_order); },
      [found, &asked, to, query = std::move(*query)](const world_error& why) {
        if (why.code != errc::none) return to(d3_problem(problem_of(why), asked.id));
        if (!found->damage.empty()) return to(d3_problem(record_is_damaged(), asked.id));
        to(page_reply(*found, "/api/orders", query));
      });
}

}  // namespace orderflow
