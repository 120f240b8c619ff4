// Reading orders in the document's words: one, or a customer's.
#include <charconv>

#include "codec/order_json.hpp"
#include "http/dialects/d3.hpp"
#include "http/dialects/history.hpp"
#include "http/dialects/own_account.hpp"
#include "http/query.hpp"

namespace orderflow {

namespace {

constexpr uint32_t usual_limit = 100;
constexpr uint32_t largest_limit = 1000;
constexpr uint32_t largest_skip = 10'000;

problem order_not_found() { return problem_of(refusal::order_must_exist, "Order not found"); }

/// A whole number up to `most`; nothing where the parameter is no such number.
std::optional<uint32_t> number_in(const query_values& query, std::string_view name, uint32_t otherwise, uint32_t most) {
  const auto* text = query.find(name);
  if (text == nullptr) return otherwise;
  uint32_t value = 0;
  const auto [end, failed] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (failed != std::errc{} || end != text->data() + text->size() || value > most) return std::nullopt;
  return value;
}

std::variant<order_query, problem> query_of(const request& asked) {
  const auto query = query_values::parse(asked.query);
  if (!query) return malformed("query_must_be_well_formed", "The query is malformed.");
  order_query wanted;
  narrow_to(asked.from, wanted);
  if (const auto* user = query->find("userId")) {
    const auto who = account_for(asked.from, *user);
    if (!who) return user_not_found();
    wanted.owner = who->user;
  }
  const auto skip = number_in(*query, "skip", 0, largest_skip);
  const auto limit = number_in(*query, "limit", usual_limit, largest_limit);
  if (!skip || !limit) return malformed("page_must_be_in_range", "skip goes to 10000 and limit to 1000.");
  wanted.skip = *skip;
  wanted.limit = *limit;
  return wanted;
}

/// What the reader's thread fills in for the answer.
struct page {
  std::string text;
  std::string damage;
};

void fill(page& into, reader& from, const order_query& wanted) {
  try {
    json_writer out{into.text};
    out.begin_array();
    for (const auto& row : from.list_orders(wanted)) d3_write_order(out, state_of(from, row));
    out.end_array();
  } catch (const codec_error& why) {
    into.damage = why.what();
  }
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
  auto wanted = query_of(asked);
  if (const auto* wrong = std::get_if<problem>(&wanted)) return to(d3_problem(*wrong, asked.id));
  auto found = std::make_shared<page>();
  with.on.bridge.read([found, query = std::get<order_query>(wanted)](reader& from) { fill(*found, from, query); },
                      [&asked, to, found](const world_error& why) {
                        if (why.code != errc::none) return to(d3_problem(problem_of(why), asked.id));
                        if (!found->damage.empty()) return to(d3_problem(record_is_damaged(), asked.id));
                        reply made;
                        made.body = std::move(found->text);
                        to(std::move(made));
                      });
}

}  // namespace orderflow
