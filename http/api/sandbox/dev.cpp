#include "http/api/sandbox/dev.hpp"

#include "codec/json.hpp"
#include "domain/order/decide.hpp"
#include "http/api/admin/products.hpp"
#include "http/api/common/reading.hpp"
#include "http/api/sandbox/sandbox_view.hpp"

namespace orderflow {

namespace {

constexpr int64_t largest_stock = 1'000'000'000;

/// Somebody returns money at the gateway without us.
void record_external_refund(handler_context& context, sandbox& with, const request& req, const responder& to) {
  auto parsed = read_object(req.body);
  if (const auto* wrong = std::get_if<problem>(&parsed)) return to(problem_json(*wrong, req.id));
  std::vector<field_error> errors;
  field_reader from{std::get<json_value>(parsed), {}, errors};
  from.refuse_others({"order_id", "amount", "currency"});
  const auto order = from.order("order_id", presence::required).value_or(order_id{});
  const auto money = from.money("currency");
  if (!from.has("currency")) from.wrong("currency", "is required");
  // Without a currency the amount is looked at as in dollars: what is wrong is told already.
  const auto amount = from.amount("amount", money.value_or(currency{{'U', 'S', 'D'}}), presence::required).value_or(0);
  if (!errors.empty()) return to(problem_json(invalid(std::move(errors)), req.id));
  // Another tenant's order is not there.
  look_at(context, req, order, std::nullopt, [&with, &req, to, order, amount, money = *money](const order_or_problem& outcome) {
    if (const auto* wrong = std::get_if<problem>(&outcome)) return to(problem_json(*wrong, req.id));
    if (!with.external_refund(order, amount, money))
      return to(problem_json(invalid({{"/amount", "is more than was captured and has not gone back yet"}}), req.id));
    reply made;
    json_writer{made.body}.begin_object().key("refunded").boolean(true).end_object();
    to(std::move(made));
  });
}

/// The gateway takes money for a charge that it declined or left open.
void capture_late(handler_context& context, sandbox& with, const request& req, const responder& to) {
  auto parsed = read_object(req.body);
  if (const auto* wrong = std::get_if<problem>(&parsed)) return to(problem_json(*wrong, req.id));
  std::vector<field_error> errors;
  field_reader from{std::get<json_value>(parsed), {}, errors};
  from.refuse_others({"order_id", "attempt", "amount", "currency", "told"});
  const auto order = from.order("order_id", presence::required).value_or(order_id{});
  const auto attempt = from.integer("attempt", 1, max_attempts, presence::required).value_or(1);
  const auto money = from.money("currency");
  if (!from.has("currency")) from.wrong("currency", "is required");
  const auto amount = from.amount("amount", money.value_or(currency{{'U', 'S', 'D'}}), presence::required).value_or(0);
  const auto told = from.boolean("told").value_or(true);
  if (!errors.empty()) return to(problem_json(invalid(std::move(errors)), req.id));
  look_at(
      context, req, order, std::nullopt,
      [&with, &req, to, order, attempt, amount, money = *money, told](const order_or_problem& outcome) {
        if (const auto* wrong = std::get_if<problem>(&outcome)) return to(problem_json(*wrong, req.id));
        if (!with.capture_late(order, static_cast<uint32_t>(attempt), amount, money, told))
          return to(problem_json(invalid({{"/attempt", "is no charge of this order that has not been captured yet"}}), req.id));
        reply made;
        json_writer{made.body}.begin_object().key("captured").boolean(true).end_object();
        to(std::move(made));
      });
}

/// The product of the path; answers 422 itself where it is none.
std::optional<product_id> product_in_path(const request& req, const responder& to) {
  if (is_product_id(req.values[0]) && req.values[0].size() <= max_text) return product_id{req.values[0]};
  to(problem_json(invalid({{"?productId", "must not contain ':' or ','"}}), req.id));
  return std::nullopt;
}

reply counted(const stock_reply& answer, const product_id& product, std::string_view request_id) {
  if (answer.other_body) return problem_json(key_has_other_body(), request_id);
  if (answer.outcome == inventory_outcome::below_reserved)
    return problem_json(problem_of(refusal::on_hand_must_cover_reserved), request_id);
  if (answer.outcome != inventory_outcome::done) return problem_json(problem_of(failure{}), request_id);
  reply made;
  json_writer{made.body}
      .begin_object()
      .key("product_id")
      .string(product.value)
      .key("on_hand")
      .integer(answer.levels.front().level.on_hand)
      .end_object();
  return made;
}

void put_stock(handler_context& context, const request& req, const responder& to) {
  const auto product = product_in_path(req, to);
  if (!product) return;
  auto parsed = read_object(req.body);
  if (const auto* wrong = std::get_if<problem>(&parsed)) return to(problem_json(*wrong, req.id));
  std::vector<field_error> errors;
  field_reader from{std::get<json_value>(parsed), {}, errors};
  from.refuse_others({"on_hand", "reason"});
  const auto on_hand = from.integer("on_hand", 0, largest_stock, presence::required).value_or(0);
  const auto why = from.text("reason", presence::optional);
  if (!errors.empty()) return to(problem_json(invalid(std::move(errors)), req.id));
  const auto at = context.time.now();
  auto key = key_of_command(req, {product->value}, at);
  if (const auto* wrong = std::get_if<problem>(&key)) return to(problem_json(*wrong, req.id));
  stock_request count{set_stock{*product, on_hand, why.empty() ? "counted by " + req.from.subject : why}, at, std::nullopt,
                      std::get<std::optional<key_claim>>(std::move(key))};
  context.bridge.stock(
      req.from.tenant, std::move(count),
      [&context, &req, to, product = *product, on_hand](std::variant<stock_reply, failure> answer) {
        if (const auto* failed = std::get_if<failure>(&answer)) return to(problem_json(problem_of(*failed), req.id));
        const auto& made = std::get<stock_reply>(answer);
        if (made.outcome == inventory_outcome::done && !made.repeated && !made.other_body)
          context.audit.record("stock-counted", req.from, {{"product", product.value}, {"on_hand", std::to_string(on_hand)}});
        to(counted(made, product, req.id));
      });
}

void put_item(handler_context& context, const request& req, const responder& to) {
  auto decoded = read_product(req.values[0], req.body);
  if (const auto* wrong = std::get_if<problem>(&decoded)) return to(problem_json(*wrong, req.id));
  put_product_once(context, req, to, std::get<product>(decoded), &problem_json, [to](const product& now) {
    reply made;
    json_writer out{made.body};
    out.begin_object().key("product_id").string(now.id.value).key("name").string(now.name);
    out.key("price").raw(shortest_text(now.price, now.money)).key("currency").string(now.money.name()).end_object();
    to(std::move(made));
  });
}

}  // namespace

std::vector<route> dev_routes(handler_context& context, sandbox& with) {
  constexpr auto operators = audience::operators();
  route_options last;
  last.load = load_class::operation;
  last.dialect = dialects::dev;
  auto table = sandbox_view_routes(with);
  table.emplace_back(
      verb::post, "/dev/gateway/refunds", operators,
      [&context, &with](const request& req, const responder& to) { record_external_refund(context, with, req, to); }, last);
  table.emplace_back(
      verb::post, "/dev/gateway/captures", operators,
      [&context, &with](const request& req, const responder& to) { capture_late(context, with, req, to); }, last);
  table.emplace_back(
      verb::put, "/dev/stock/{productId}", operators,
      [&context](const request& req, const responder& to) { put_stock(context, req, to); }, last);
  table.emplace_back(
      verb::put, "/dev/products/{productId}", operators,
      [&context](const request& req, const responder& to) { put_item(context, req, to); }, last);
  return table;
}

}  // namespace orderflow
