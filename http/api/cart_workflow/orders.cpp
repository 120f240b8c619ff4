// Reading orders in the document's words: one, or a customer's.

#include "base/whole_number.hpp"
#include "codec/order_json.hpp"
#include "http/api/cart_workflow/routes.hpp"
#include "http/api/common/account_access.hpp"
#include "http/api/common/history.hpp"
#include "http/api/common/order_page.hpp"

namespace orderflow::cart_workflow {

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

std::variant<order_query, problem> read_query(const request& req, const query_values& query) {
  order_query wanted;
  narrow_to(req.from, wanted);
  if (const auto* user = query.find("userId")) {
    const auto who = account_for(req.from, *user);
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

void get_order(dialect& api, const request& req, const responder& to) {
  const auto id = parse_order_id(req.values[0]);
  if (!id) return to(problem_reply(order_not_found(), req.id));
  look_at(api.context, req, *id, std::nullopt, [&req, to](const order_or_problem& outcome) {
    if (const auto* wrong = std::get_if<problem>(&outcome)) return to(problem_reply(*wrong, req.id));
    const auto& now = *std::get<order_reply>(outcome).now;
    reply made;
    json_writer out{made.body};
    write_order(out, now);
    made.header("ETag", etag_of(now.version));
    to(std::move(made));
  });
}

void list_orders(dialect& api, const request& req, const responder& to) {
  auto query = query_values::parse(req.query);
  if (!query) return to(problem_reply(malformed("query_must_be_well_formed", "The query is malformed."), req.id));
  auto wanted = read_query(req, *query);
  if (const auto* wrong = std::get_if<problem>(&wanted)) return to(problem_reply(*wrong, req.id));
  auto found = std::make_shared<order_page>();
  api.context.bridge.read(
      [found, wanted = std::get<order_query>(wanted)](reader& from) { fill_page(*found, from, wanted, write_order); },
      [found, &req, to, query = std::move(*query)](const failure& why) {
        if (why.code != errc::none) return to(problem_reply(problem_of(why), req.id));
        if (!found->damage.empty()) return to(problem_reply(record_is_damaged(), req.id));
        to(page_reply(*found, "/api/orders", query));
      });
}

}  // namespace orderflow::cart_workflow
