// Reducing stock. For an order of ours that is its own reservation, which this call waits for; for anybody else's
// order it is an adjustment, made once per order.
#include <algorithm>

#include "base/unicode.hpp"
#include "base/whole_number.hpp"
#include "domain/order/decide.hpp"
#include "http/api/cart_workflow/routes.hpp"
#include "http/pipeline/query.hpp"

namespace orderflow::cart_workflow {

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

/// The client's key. What the path and the query of a PUT say is its content: of the resource it is only the product.
std::optional<key_claim> client_key(const request& req, const reduce_body& input, timestamp at) {
  // A key that is not well-formed does not come this far: the request pipeline refuses it.
  const auto claim_in = [](sent_key key) {
    auto* claim = std::get_if<std::optional<key_claim>>(&key);
    return claim == nullptr ? std::nullopt : std::move(*claim);
  };
  if (!input.by_path) return claim_in(key_of_command(req, {"", ""}, at));
  const auto& line = input.lines.front();
  auto claim = claim_in(key_of_command(req, {line.product.value}, at));
  if (!claim) return claim;
  claim->body_hash = hash_of(tuple_text({std::to_string(line.quantity), input.order}));
  // Older versions counted the quantity as part of the resource.
  const auto before = claim_in(key_of_command(req, {line.product.value, std::to_string(line.quantity)}, at));
  claim->former = std::make_shared<const former_name>(former_name{before->scope, before->key, {}, before->body_hash});
  return claim;
}

/// Once for each order of somebody else's: as a whole or by products, whichever call comes first, and once under the client's
/// key.
void name_once(stock_request& ask, const request& req, const reduce_body& input) {
  auto key = client_key(req, input, ask.at);
  if (input.order.empty()) {
    ask.key = std::move(key);
    return;
  }
  const auto claim = [&](std::string_view product, const std::vector<stock_line>& lines) {
    return claim_of_reduction(req.from.tenant, input.order, product, content_hash(lines), ask.at);
  };
  const auto whole = claim({}, input.lines);
  ask.key = input.by_path ? claim(input.lines.front().product.value, input.lines) : whole;
  ask.also = std::move(key);
  if (input.by_path) {
    ask.others = {whole};
  } else {
    for (const auto& line : input.lines) ask.others.push_back(claim(line.product.value, {line}));
  }
}

problem other_reduction() { return conflict("reduction_must_be_the_same", "This order or key came with other items before."); }

reply reduced(const stock_reply& told, const std::vector<stock_line>& lines, const request& req) {
  if (told.other_body) return problem_reply(other_reduction(), req.id);
  if (told.outcome == inventory_outcome::done) return reduced_reply(told.levels);
  std::vector<shortage> short_of;
  for (const auto& line : lines) {
    if (std::ranges::find(told.short_of, line.product) == told.short_of.end()) continue;
    const auto row = std::ranges::find(told.levels, line.product, &stock_row::product);
    short_of.push_back({line, row == told.levels.end() ? 0 : row->level.available()});
  }
  return out_of_stock_reply(short_of, true);
}

void reduce_by_adjustment(dialect& api, const request& req, const responder& to, const reduce_body& input) {
  const auto at = api.context.time.now();
  reduce_stock take{input.lines, input.order.empty() ? "reduced by " + req.from.subject : "order " + input.order};
  stock_request ask{std::move(take), at, std::nullopt};
  name_once(ask, req, input);
  api.context.bridge.stock(req.from.tenant, std::move(ask),
                           [&req, to, lines = input.lines](std::variant<stock_reply, failure> answer) {
                             if (const auto* failed = std::get_if<failure>(&answer))
                               return to(problem_reply(problem_of(*failed), req.id));
                             to(reduced(std::get<stock_reply>(answer), lines, req));
                           });
}

bool are_the_orders(const reduce_body& input, const order& now) {
  const auto own = stock_lines_of(now);
  if (!input.by_path) return input.lines == own;
  return std::ranges::find(own, input.lines.front()) != own.end();
}

void answer_held(dialect& api, const request& req, const responder& to, const std::vector<stock_line>& lines) {
  std::vector<product_id> products;
  for (const auto& line : lines) products.push_back(line.product);
  stock_levels_of(api.context, req.from.tenant, products, [&req, to](const levels_answer& answer) {
    if (const auto* wrong = std::get_if<problem>(&answer)) return to(problem_reply(*wrong, req.id));
    std::vector<stock_row> rows;
    for (const auto& [product, level] : std::get<std::map<product_id, stock_level>>(answer)) rows.push_back({product, level});
    to(reduced_reply(rows));
  });
}

/// Goes on with `then` when the client's key, if there is one, is known as that of this request.
void note_key(dialect& api, const request& req, const responder& to, const reduce_body& input, std::function<void()> then) {
  const auto at = api.context.time.now();
  auto key = client_key(req, input, at);
  if (!key) return then();
  stock_request nothing{adjust_stock{input.lines.front().product, 0, "order " + input.order}, at, std::nullopt};
  nothing.key = std::move(key);
  api.context.bridge.stock(req.from.tenant, std::move(nothing),
                           [&req, to, then = std::move(then)](std::variant<stock_reply, failure> answer) {
                             if (const auto* failed = std::get_if<failure>(&answer))
                               return to(problem_reply(problem_of(*failed), req.id));
                             if (std::get<stock_reply>(answer).other_body) return to(problem_reply(other_reduction(), req.id));
                             then();
                           });
}

void answer_for_order(dialect& api, const request& req, const responder& to, const reduce_body& input, const order& now) {
  if (!are_the_orders(input, now))
    return to(problem_reply(conflict("items_must_be_the_orders", "The items are not those of the order."), req.id));
  if (now.pending_for(pending_reason::awaiting_checkout))
    return to(problem_reply(problem_of(refusal::order_must_be_checked_out), req.id));
  if (now.cancelled_because == cancel_reason::out_of_stock) return answer_shortage(api.context, now, true, req, to);
  switch (now.stock) {
    case stock_status::held:
    case stock_status::consumed:
      return note_key(api, req, to, input, [&api, &req, to, lines = input.lines] { answer_held(api, req, to, lines); });
    case stock_status::requested: return note_key(api, req, to, input, [to] { to(still_pending()); });
    case stock_status::none:
    case stock_status::refused:
    case stock_status::releasing:
    case stock_status::released: return to(problem_reply(problem_of(refusal::order_must_not_be_cancelled), req.id));
  }
}

void reduce_for(dialect& api, const request& req, const responder& to, const reduce_body& input) {
  const auto known = api.context.bridge.products(req.from.tenant);
  for (const auto& line : input.lines)
    if (!known->products.contains(line.product)) return to(problem_reply(product_not_found(), req.id));
  const auto id = parse_order_id(input.order);
  if (!id) return reduce_by_adjustment(api, req, to, input);
  order_request look;
  look.order = *id;
  ask_order(api.context, req, std::move(look), usual_wait_of(api, req),
            [&api, &req, to, input](std::variant<order_reply, failure> answer) {
              const auto* told = std::get_if<order_reply>(&answer);
              if (told && told->why == refusal::order_must_exist) return reduce_by_adjustment(api, req, to, input);
              const auto outcome = outcome_of(std::move(answer));
              if (const auto* wrong = std::get_if<problem>(&outcome)) return to(problem_reply(*wrong, req.id));
              answer_for_order(api, req, to, input, *std::get<order_reply>(outcome).now);
            });
}

}  // namespace

void post_reduction(dialect& api, const request& req, const responder& to) {
  const auto read = decode_reduce(req.body);
  if (const auto* wrong = std::get_if<problem>(&read)) return to(problem_reply(*wrong, req.id));
  reduce_for(api, req, to, std::get<reduce_body>(read));
}

void put_reduction(dialect& api, const request& req, const responder& to) {
  const auto query = query_values::parse(req.query);
  const auto* order = query ? query->find("orderId") : nullptr;
  const auto sound = query && (order == nullptr || order->size() <= max_text);
  if (!sound) return to(problem_reply(malformed("query_must_be_well_formed", "The query is malformed."), req.id));
  if (order != nullptr && is_blank(*order))
    return to(problem_reply(invalid({{"/orderId", std::string{order_must_not_be_blank}}}), req.id));
  const auto quantity = whole_number<int64_t>(req.values[1]).value_or(0);
  if (quantity < 1 || quantity > max_quantity)
    return to(
        problem_reply(malformed("quantity_must_be_in_range", "quantity must be a whole number from 1 to 1000000."), req.id));
  reduce_for(api, req, to, {order == nullptr ? "" : *order, {{{req.values[0]}, quantity}}, true});
}

}  // namespace orderflow::cart_workflow
