#include "http/dialects/shelf.hpp"

#include "http/dialects/d3_words.hpp"
#include "http/dialects/reading.hpp"
#include "http/dialects/stock.hpp"

namespace orderflow {

namespace {

constexpr int64_t largest_stock = 1'000'000'000;
constexpr currency usual_currency{{'U', 'S', 'D'}};

/// What the operator says about one product's stock: either how much was counted, or by how much the books are off.
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

void answer_level(edge& on, const request& asked, const responder& to, const product_id& product) {
  on.bridge.stock_level_of(asked.from.tenant, product, [&asked, to, product](std::variant<stock_level, world_error> answer) {
    if (const auto* failed = std::get_if<world_error>(&answer)) return to(problem_json(problem_of(*failed), asked.id));
    to(level_reply(product, std::get<stock_level>(answer)));
  });
}

/// The product of the path where the catalogue has it; else 404, so that a slip of the pen makes no stock of nothing.
std::optional<product_id> known_product(edge& on, const request& asked, const responder& to) {
  product_id product{asked.values[0]};
  if (on.bridge.products(asked.from.tenant)->products.contains(product)) return product;
  to(problem_json(product_not_found(), asked.id));
  return std::nullopt;
}

void get_stock(edge& on, const request& asked, const responder& to) {
  if (const auto product = known_product(on, asked, to)) answer_level(on, asked, to, *product);
}

void record_adjustment(edge& on, const request& asked, const product_id& product, const stock_word& word) {
  const auto amount = word.delta ? *word.delta : word.on_hand.value_or(0);
  on.audit.record("stock-adjusted", asked.from,
                  {{"product", product.value}, {word.delta ? "delta" : "on_hand", std::to_string(amount)}, {"reason", word.why}});
}

void put_stock(edge& on, const request& asked, const responder& to) {
  const auto product = known_product(on, asked, to);
  if (!product) return;
  auto decoded = decode_stock_word(asked.body);
  if (const auto* wrong = std::get_if<problem>(&decoded)) return to(problem_json(*wrong, asked.id));
  const auto& word = std::get<stock_word>(decoded);
  const auto why = word.why + " (" + asked.from.subject + ")";
  inventory_command command = set_stock{*product, word.on_hand.value_or(0), why};
  if (word.delta) command = adjust_stock{*product, *word.delta, why};
  const auto now = on.time.now();
  auto key = key_of_command(asked, {product->value}, now);
  if (const auto* wrong = std::get_if<problem>(&key)) return to(problem_json(*wrong, asked.id));
  on.bridge.stock(asked.from.tenant, {std::move(command), now, std::nullopt, std::get<std::optional<key_claim>>(std::move(key))},
                  [&on, &asked, to, product = *product, word](std::variant<stock_reply, world_error> answer) {
                    if (const auto* failed = std::get_if<world_error>(&answer))
                      return to(problem_json(problem_of(*failed), asked.id));
                    const auto& done = std::get<stock_reply>(answer);
                    if (done.other_body) return to(problem_json(key_has_other_body(), asked.id));
                    if (done.verdict == inventory_verdict::below_reserved)
                      return to(problem_json(problem_of(refusal::on_hand_must_cover_reserved), asked.id));
                    if (!done.repeated) record_adjustment(on, asked, product, word);
                    answer_level(on, asked, to, product);
                  });
}

void put_item(edge& on, const request& asked, const responder& to) {
  auto decoded = read_product(asked.values[0], asked.body);
  if (const auto* wrong = std::get_if<problem>(&decoded)) return to(d3_problem(*wrong, asked.id));
  const auto& item = std::get<product>(decoded);
  on.bridge.put_product(asked.from.tenant, item, [&on, &asked, to, item](std::variant<catalogue_snapshot, world_error> answer) {
    if (const auto* failed = std::get_if<world_error>(&answer)) return to(d3_problem(problem_of(*failed), asked.id));
    on.audit.record("product-put", asked.from,
                    {{"product", item.id.value},
                     {"name", item.name},
                     {"price", fixed_text(item.price, item.money)},
                     {"currency", std::string{item.money.name()}}});
    reply made;
    json_writer out{made.body};
    d3_write_product(out, item);
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

std::vector<route> shelf_routes(edge& on) {
  constexpr auto operators = audience::operators();
  route_options operates;
  operates.load = load_class::operation;
  operates.dialect = dialects::ours;
  route_options d3 = operates;
  d3.dialect = dialects::d3;
  d3.errors = &d3_problem;
  const auto bind = [&on](void (*what)(edge&, const request&, const responder&)) -> handler {
    return [&on, what](const request& asked, const responder& to) { what(on, asked, to); };
  };
  std::vector<route> table;
  table.emplace_back(verb::put, "/api/products/{id}", operators, bind(put_item), d3);
  table.emplace_back(verb::get, "/api/v1/stock/{productId}", operators, bind(get_stock), operates);
  table.emplace_back(verb::put, "/api/v1/stock/{productId}", operators, bind(put_stock), operates);
  return table;
}

}  // namespace orderflow
