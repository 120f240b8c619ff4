#include "http/dialects/dev.hpp"

#include "codec/json.hpp"
#include "http/dialects/reading.hpp"

namespace orderflow {

namespace {

constexpr int64_t largest_stock = 1'000'000'000;
constexpr int64_t longest_delay_ms = 600'000;

void write_text_or_null(json_writer& out, std::string_view name, std::string_view text) {
  out.key(name);
  if (text.empty()) {
    out.null();
  } else {
    out.string(text);
  }
}

/// `amount` as D4 writes it; `amount_minor` for tests that add up.
reply ledger_reply(const std::vector<ledger_entry>& entries) {
  reply made;
  made.body.reserve(entries.size() * 192 + 2);
  json_writer out{made.body};
  out.begin_array();
  for (const auto& each : entries) {
    const auto money = find_currency(each.money);
    out.begin_object();
    out.key("kind").string(each.kind);
    out.key("key").string(each.key);
    out.key("order_id").integer(each.order.value);
    out.key("amount").raw(money ? shortest_text(each.amount, *money) : std::to_string(each.amount));
    out.key("amount_minor").integer(each.amount);
    write_text_or_null(out, "currency", each.money);
    write_text_or_null(out, "method", each.method);
    write_text_or_null(out, "transaction", each.transaction);
    out.key("at").string(to_rfc3339(to_ms(each.at)));
    out.end_object();
  }
  out.end_array();
  return made;
}

reply sent_reply(const std::vector<sent_message>& messages) {
  reply made;
  json_writer out{made.body};
  out.begin_array();
  for (const auto& each : messages) {
    out.begin_object();
    out.key("id").string(each.message.id);
    out.key("channel").string(each.message.channel);
    out.key("recipient").string(each.message.recipient);
    out.key("subject").string(each.message.subject);
    out.key("text").string(each.message.text);
    out.key("at").string(to_rfc3339(to_ms(each.at)));
    out.end_object();
  }
  out.end_array();
  return made;
}

void put_mode(sandbox& with, const request& asked, const responder& to) {
  auto parsed = read_object(asked.body);
  if (const auto* wrong = std::get_if<problem>(&parsed)) return to(problem_json(*wrong, asked.id));
  std::vector<field_error> errors;
  field_reader from{std::get<json_value>(parsed), {}, errors};
  from.refuse_others({"mode", "delay_ms"});
  auto mode = from.text("mode", presence::optional);
  if (mode.empty()) mode = "ok";
  const auto delay = from.integer("delay_ms", 0, longest_delay_ms, presence::optional).value_or(0);
  if (errors.empty() && !with.set_mode(mode, milliseconds{delay}))
    from.wrong("mode", "must be ok, down, or a token of the sandbox's table");
  if (!errors.empty()) return to(problem_json(invalid(std::move(errors)), asked.id));
  reply made;
  json_writer{made.body}.begin_object().key("mode").string(mode).key("delay_ms").integer(delay).end_object();
  to(std::move(made));
}

/// The product of the path; answers 422 itself where it is none.
std::optional<product_id> product_in_path(const request& asked, const responder& to) {
  if (is_product_id(asked.values[0]) && asked.values[0].size() <= max_text) return product_id{asked.values[0]};
  to(problem_json(invalid({{"?productId", "must not contain ':' or ','"}}), asked.id));
  return std::nullopt;
}

reply counted(const stock_reply& answer, const product_id& product, int64_t on_hand, std::string_view request_id) {
  if (answer.verdict == inventory_verdict::below_reserved)
    return problem_json(problem_of(refusal::on_hand_must_cover_reserved), request_id);
  if (answer.verdict != inventory_verdict::done) return problem_json(problem_of(world_error{}), request_id);
  reply made;
  json_writer{made.body}.begin_object().key("product_id").string(product.value).key("on_hand").integer(on_hand).end_object();
  return made;
}

void put_stock(edge& on, const request& asked, const responder& to) {
  const auto product = product_in_path(asked, to);
  if (!product) return;
  auto parsed = read_object(asked.body);
  if (const auto* wrong = std::get_if<problem>(&parsed)) return to(problem_json(*wrong, asked.id));
  std::vector<field_error> errors;
  field_reader from{std::get<json_value>(parsed), {}, errors};
  from.refuse_others({"on_hand", "reason"});
  const auto on_hand = from.integer("on_hand", 0, largest_stock, presence::required).value_or(0);
  const auto why = from.text("reason", presence::optional);
  if (!errors.empty()) return to(problem_json(invalid(std::move(errors)), asked.id));
  stock_request count{set_stock{*product, on_hand, why.empty() ? "counted by " + asked.from.subject : why}, on.time.now(),
                      std::nullopt};
  on.bridge.stock(
      std::move(count), [&on, &asked, to, product = *product, on_hand](std::variant<stock_reply, world_error> answer) {
        if (const auto* failed = std::get_if<world_error>(&answer)) return to(problem_json(problem_of(*failed), asked.id));
        const auto& made = std::get<stock_reply>(answer);
        if (made.verdict == inventory_verdict::done)
          on.audit.record("stock-counted", asked.from, {{"product", product.value}, {"on_hand", std::to_string(on_hand)}});
        to(counted(made, product, on_hand, asked.id));
      });
}

void put_item(edge& on, const request& asked, const responder& to) {
  const auto id = product_in_path(asked, to);
  if (!id) return;
  auto parsed = read_object(asked.body);
  if (const auto* wrong = std::get_if<problem>(&parsed)) return to(problem_json(*wrong, asked.id));
  std::vector<field_error> errors;
  field_reader from{std::get<json_value>(parsed), {}, errors};
  from.refuse_others({"name", "price", "currency"});
  product item;
  item.id = *id;
  item.name = from.text("name", presence::required);
  item.money = from.money("currency").value_or(currency{{'U', 'S', 'D'}});
  item.price = from.amount("price", item.money, presence::required).value_or(0);
  if (!errors.empty()) return to(problem_json(invalid(std::move(errors)), asked.id));
  on.bridge.put_product(item, [&on, &asked, to, item](std::variant<catalogue_snapshot, world_error> answer) {
    if (const auto* failed = std::get_if<world_error>(&answer)) return to(problem_json(problem_of(*failed), asked.id));
    on.audit.record("product-changed", asked.from,
                    {{"product", item.id.value},
                     {"price", shortest_text(item.price, item.money)},
                     {"currency", std::string{item.money.name()}}});
    reply made;
    json_writer out{made.body};
    out.begin_object().key("product_id").string(item.id.value).key("name").string(item.name);
    out.key("price").raw(shortest_text(item.price, item.money)).key("currency").string(item.money.name()).end_object();
    to(std::move(made));
  });
}

}  // namespace

std::vector<route> dev_routes(edge& on, sandbox& with) {
  constexpr auto operators = audience::operators();
  route_options last;
  last.load = load_class::operation;
  last.dialect = dialects::dev;
  std::vector<route> table;
  table.emplace_back(
      verb::get, "/dev/gateway/ledger", operators,
      [&with](const request&, const responder& to) { to(ledger_reply(with.ledger())); }, last);
  table.emplace_back(
      verb::get, "/dev/sent", operators, [&with](const request&, const responder& to) { to(sent_reply(with.sent())); }, last);
  table.emplace_back(
      verb::put, "/dev/gateway/mode", operators,
      [&with](const request& asked, const responder& to) { put_mode(with, asked, to); }, last);
  table.emplace_back(
      verb::put, "/dev/stock/{productId}", operators,
      [&on](const request& asked, const responder& to) { put_stock(on, asked, to); }, last);
  table.emplace_back(
      verb::put, "/dev/products/{productId}", operators,
      [&on](const request& asked, const responder& to) { put_item(on, asked, to); }, last);
  return table;
}

}  // namespace orderflow
