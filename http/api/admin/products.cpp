#include "http/api/admin/products.hpp"

#include "http/api/admin/stock.hpp"
#include "http/api/cart_workflow/codec.hpp"
#include "http/api/common/reading.hpp"

namespace orderflow {

namespace {

constexpr int64_t largest_stock = 1'000'000'000;
constexpr currency usual_currency{{'U', 'S', 'D'}};

/// What the operator says about one product's stock: either how much was counted, or by how much the count is off.
struct stock_word {
  std::optional<int64_t> on_hand;
  std::optional<int64_t> delta;
  std::string why;
};

std::variant<stock_word, problem> decode_stock_word(std::string_view body) {
  auto parsed = read_object(body);
  if (auto* wrong = std::get_if<problem>(&parsed)) return std::move(*wrong);
  std::vector<field_error> errors;
  field_reader from{std::get<json_value>(parsed), {}, errors};
  from.refuse_others({"on_hand", "delta", "reason"});
  stock_word word;
  if (from.has("on_hand") == from.has("delta")) {
    from.wrong("on_hand", "is required, or delta in its place, but not both");
  } else {
    word.on_hand = from.integer("on_hand", 0, largest_stock, presence::optional);
    word.delta = from.integer("delta", -largest_stock, largest_stock, presence::optional);
    if (word.delta == 0) from.wrong("delta", "must not be 0: it would change nothing");
  }
  word.why = from.reason();
  if (!errors.empty()) return invalid(std::move(errors));
  return word;
}

reply level_reply(const product_id& product, const stock_level& level) {
  reply made;
  json_writer out{made.body};
  out.begin_object().key("product_id").string(product.value).key("on_hand").integer(level.on_hand);
  out.key("reserved").integer(level.reserved).key("available").integer(level.available()).end_object();
  return made;
}

void answer_level(handler_context& context, const request& req, const responder& to, const product_id& product) {
  context.bridge.stock_level_of(req.from.tenant, product, [&req, to, product](std::variant<stock_level, failure> answer) {
    if (const auto* failed = std::get_if<failure>(&answer)) return to(problem_json(problem_of(*failed), req.id));
    to(level_reply(product, std::get<stock_level>(answer)));
  });
}

/// The product of the path where the catalogue has it; else 404, so that a slip of the pen makes no stock of nothing.
std::optional<product_id> known_product(handler_context& context, const request& req, const responder& to) {
  product_id product{req.values[0]};
  if (context.bridge.products(req.from.tenant)->products.contains(product)) return product;
  to(problem_json(product_not_found(), req.id));
  return std::nullopt;
}

void get_stock(handler_context& context, const request& req, const responder& to) {
  if (const auto product = known_product(context, req, to)) answer_level(context, req, to, *product);
}

void record_adjustment(handler_context& context, const request& req, const product_id& product, const stock_word& word) {
  const auto amount = word.delta ? *word.delta : word.on_hand.value_or(0);
  context.audit.record(
      "stock-adjusted", req.from,
      {{"product", product.value}, {word.delta ? "delta" : "on_hand", std::to_string(amount)}, {"reason", word.why}});
}

void put_stock(handler_context& context, const request& req, const responder& to) {
  const auto product = known_product(context, req, to);
  if (!product) return;
  auto decoded = decode_stock_word(req.body);
  if (const auto* wrong = std::get_if<problem>(&decoded)) return to(problem_json(*wrong, req.id));
  const auto& word = std::get<stock_word>(decoded);
  const auto why = word.why + " (" + req.from.subject + ")";
  inventory_command command = set_stock{*product, word.on_hand.value_or(0), why};
  if (word.delta) command = adjust_stock{*product, *word.delta, why};
  const auto now = context.time.now();
  auto key = key_of_command(req, {product->value}, now);
  if (const auto* wrong = std::get_if<problem>(&key)) return to(problem_json(*wrong, req.id));
  context.bridge.stock(req.from.tenant,
                       {std::move(command), now, std::nullopt, std::get<std::optional<key_claim>>(std::move(key))},
                       [&context, &req, to, product = *product, word](std::variant<stock_reply, failure> answer) {
                         if (const auto* failed = std::get_if<failure>(&answer))
                           return to(problem_json(problem_of(*failed), req.id));
                         const auto& done = std::get<stock_reply>(answer);
                         if (done.other_body) return to(problem_json(key_has_other_body(), req.id));
                         if (done.outcome == inventory_outcome::below_reserved)
                           return to(problem_json(problem_of(refusal::on_hand_must_cover_reserved), req.id));
                         if (!done.repeated) record_adjustment(context, req, product, word);
                         answer_level(context, req, to, product);
                       });
}

void put_item(handler_context& context, const request& req, const responder& to) {
  auto decoded = read_product(req.values[0], req.body);
  if (const auto* wrong = std::get_if<problem>(&decoded)) return to(cart_workflow::problem_reply(*wrong, req.id));
  put_product_once(context, req, to, std::get<product>(decoded), &cart_workflow::problem_reply, [to](const product& now) {
    reply made;
    json_writer out{made.body};
    write_product_json(out, now);
    to(std::move(made));
  });
}

}  // namespace

std::variant<product, problem> read_product(std::string_view id, std::string_view body) {
  if (!is_product_id(id) || id.size() > max_text)
    return invalid({{"?productId", "must not contain ':' or ',' and have at most 1024 bytes"}});
  auto parsed = read_object(body);
  if (auto* wrong = std::get_if<problem>(&parsed)) return std::move(*wrong);
  std::vector<field_error> errors;
  field_reader from{std::get<json_value>(parsed), {}, errors};
  from.refuse_others({"name", "price", "currency"});
  product item;
  item.id.value = id;
  item.name = from.text("name", presence::required);
  item.money = from.money("currency").value_or(usual_currency);
  item.price = from.amount("price", item.money, presence::required).value_or(0);
  if (!errors.empty()) return invalid(std::move(errors));
  return item;
}

void put_product_once(handler_context& context, const request& req, const responder& to, const product& item,
                      problem_encoder errors, std::function<void(const product&)> done) {
  const auto at = context.time.now();
  auto key = key_of_command(req, {item.id.value}, at);
  if (const auto* wrong = std::get_if<problem>(&key)) return to(errors(*wrong, req.id));
  context.bridge.put_product(
      req.from.tenant, {{item}, at, std::get<std::optional<key_claim>>(std::move(key))},
      [&context, &req, to, item, errors, done = std::move(done)](std::variant<product_reply, failure> answer) {
        if (const auto* failed = std::get_if<failure>(&answer)) return to(errors(problem_of(*failed), req.id));
        const auto& put = std::get<product_reply>(answer);
        if (put.other_body) return to(errors(key_has_other_body(), req.id));
        if (!put.repeated)
          context.audit.record("product-put", req.from,
                               {{"product", item.id.value},
                                {"name", item.name},
                                {"price", fixed_text(item.price, item.money)},
                                {"currency", std::string{item.money.name()}}});
        done(put.now->products.at(item.id));
      });
}

std::vector<route> product_admin_routes(handler_context& context) {
  constexpr auto operators = audience::operators();
  route_options operates;
  operates.load = load_class::operation;
  operates.dialect = dialects::ours;
  route_options d3 = operates;
  d3.dialect = dialects::cart_workflow;
  d3.errors = &cart_workflow::problem_reply;
  const auto bind = [&context](void (*what)(handler_context&, const request&, const responder&)) -> handler {
    return [&context, what](const request& req, const responder& to) { what(context, req, to); };
  };
  std::vector<route> table;
  table.emplace_back(verb::put, "/api/products/{id}", operators, bind(put_item), d3);
  table.emplace_back(verb::get, "/api/v1/stock/{productId}", operators, bind(get_stock), operates);
  table.emplace_back(verb::put, "/api/v1/stock/{productId}", operators, bind(put_stock), operates);
  return table;
}

}  // namespace orderflow
