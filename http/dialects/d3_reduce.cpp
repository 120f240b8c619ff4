// Taking stock off the shelf. For an order of ours that is its own reservation, which this call waits for; for anybody else's
// order it is an adjustment, made once per order.
#include <algorithm>

#include "base/whole_number.hpp"
#include "domain/order/decide.hpp"
#include "http/dialects/d3.hpp"
#include "http/query.hpp"

namespace orderflow {

namespace {

problem conflict(std::string word, std::string detail) {
  problem made;
  made.status = 409;
  made.word = std::move(word);
  made.detail = std::move(detail);
  return made;
}

reply still_pending() {
  reply made;
  made.status = 202;
  json_writer out{made.body};
  out.begin_object().key("success").boolean(false).key("status").string("PENDING");
  out.key("message").string("The order's stock is not confirmed yet; ask again.").end_object();
  return made;
}

/// What tells two reductions apart that name the same order.
uint64_t content_hash(const std::vector<stock_line>& lines) {
  std::string text;
  for (const auto& line : lines) text += line.product.value + ":" + std::to_string(line.quantity) + ",";
  return hash_of(text);
}

std::optional<key_claim> claim_of(const request& asked, const d3_reduce_wish& wish, timestamp at) {
  const auto product = wish.part ? std::string_view{wish.lines.front().product.value} : std::string_view{};
  if (!wish.order.empty()) return claim_of_reduction(asked.from.tenant, wish.order, product, content_hash(wish.lines), at);
  // A key that is not well-formed does not come this far: the front door refuses it.
  const auto quantity = wish.part ? std::to_string(wish.lines.front().quantity) : std::string{};
  auto key = key_of_command(asked, {product, quantity}, at);
  auto* claim = std::get_if<std::optional<key_claim>>(&key);
  return claim == nullptr ? std::nullopt : std::move(*claim);
}

reply reduced(const stock_reply& told, const std::vector<stock_line>& lines, const request& asked) {
  if (told.other_body)
    return d3_problem(conflict("reduction_must_be_the_same", "This order or key came with other items before."), asked.id);
  if (told.verdict == inventory_verdict::done) return d3_reduced(told.levels);
  std::vector<d3_shortage> short_of;
  for (const auto& line : lines) {
    if (std::ranges::find(told.short_of, line.product) == told.short_of.end()) continue;
    const auto row = std::ranges::find(told.levels, line.product, &stock_row::product);
    short_of.push_back({line, row == told.levels.end() ? 0 : row->level.available()});
  }
  return d3_out_of_stock(short_of, true);
}

void reduce_by_adjustment(d3_dialect& with, const request& asked, const responder& to, const d3_reduce_wish& wish) {
  const auto at = with.on.time.now();
  reduce_stock take{wish.lines, wish.order.empty() ? "reduced by " + asked.from.subject : "order " + wish.order};
  stock_request ask{std::move(take), at, std::nullopt, claim_of(asked, wish, at)};
  with.on.bridge.stock(asked.from.tenant, std::move(ask),
                       [&asked, to, lines = wish.lines](std::variant<stock_reply, world_error> answer) {
                         if (const auto* failed = std::get_if<world_error>(&answer))
                           return to(d3_problem(problem_of(*failed), asked.id));
                         to(reduced(std::get<stock_reply>(answer), lines, asked));
                       });
}

bool are_the_orders(const d3_reduce_wish& wish, const order& now) {
  const auto own = stock_lines_of(now);
  if (!wish.part) return wish.lines == own;
  return std::ranges::find(own, wish.lines.front()) != own.end();
}

void answer_held(d3_dialect& with, const request& asked, const responder& to, const std::vector<stock_line>& lines) {
  std::vector<product_id> products;
  for (const auto& line : lines) products.push_back(line.product);
  d3_levels_of(with.on, asked.from.tenant, products, [&asked, to](const levels_answer& answer) {
    if (const auto* wrong = std::get_if<problem>(&answer)) return to(d3_problem(*wrong, asked.id));
    std::vector<stock_row> rows;
    for (const auto& [product, level] : std::get<std::map<product_id, stock_level>>(answer)) rows.push_back({product, level});
    to(d3_reduced(rows));
  });
}

void answer_for_order(d3_dialect& with, const request& asked, const responder& to, const d3_reduce_wish& wish, const order& now) {
  if (!are_the_orders(wish, now))
    return to(d3_problem(conflict("items_must_be_the_orders", "The items are not those of the order."), asked.id));
  if (now.pending_for(pending_reason::awaiting_checkout))
    return to(d3_problem(problem_of(refusal::order_must_be_checked_out), asked.id));
  if (now.cancelled_because == cancel_reason::out_of_stock) return d3_answer_shortage(with.on, now, true, asked, to);
  switch (now.stock) {
    case stock_status::held:
    case stock_status::consumed: return answer_held(with, asked, to, wish.lines);
    case stock_status::requested: return to(still_pending());
    case stock_status::none:
    case stock_status::refused:
    case stock_status::releasing:
    case stock_status::released: return to(d3_problem(problem_of(refusal::order_must_not_be_cancelled), asked.id));
  }
}

void reduce_for(d3_dialect& with, const request& asked, const responder& to, const d3_reduce_wish& wish) {
  const auto known = with.on.bridge.products(asked.from.tenant);
  for (const auto& line : wish.lines)
    if (!known->products.contains(line.product)) return to(d3_problem(product_not_found(), asked.id));
  const auto id = parse_order_id(wish.order);
  if (!id) return reduce_by_adjustment(with, asked, to, wish);
  order_request look;
  look.order = *id;
  ask_order(with.on, asked, std::move(look), d3_patience(with, asked),
            [&with, &asked, to, wish](std::variant<order_reply, world_error> answer) {
              const auto* told = std::get_if<order_reply>(&answer);
              if (told && told->why == refusal::order_must_exist) return reduce_by_adjustment(with, asked, to, wish);
              const auto outcome = outcome_of(std::move(answer));
              if (const auto* wrong = std::get_if<problem>(&outcome)) return to(d3_problem(*wrong, asked.id));
              answer_for_order(with, asked, to, wish, *std::get<order_reply>(outcome).now);
            });
}

}  // namespace

void d3_reduce(d3_dialect& with, const request& asked, const responder& to) {
  const auto read = d3_decode_reduce(asked.body);
  if (const auto* wrong = std::get_if<problem>(&read)) return to(d3_problem(*wrong, asked.id));
  reduce_for(with, asked, to, std::get<d3_reduce_wish>(read));
}

void d3_reduce_one(d3_dialect& with, const request& asked, const responder& to) {
  const auto query = query_values::parse(asked.query);
  const auto* order = query ? query->find("orderId") : nullptr;
  const auto sound = query && (order == nullptr || order->size() <= max_text);
  if (!sound) return to(d3_problem(malformed("query_must_be_well_formed", "The query is malformed."), asked.id));
  const auto quantity = whole_number<int64_t>(asked.values[1]).value_or(0);
  if (quantity < 1 || quantity > max_quantity)
    return to(d3_problem(malformed("quantity_must_be_in_range", "quantity must be a whole number from 1 to 1000000."), asked.id));
  reduce_for(with, asked, to, {order == nullptr ? "" : *order, {{{asked.values[0]}, quantity}}, true});
}

}  // namespace orderflow
