#include "bench/compare/crud/shop.hpp"

#include <map>

#include "bench/compare/crud/listing.hpp"
#include "bench/compare/crud/schema.hpp"
#include "http/api/admin/products.hpp"
#include "http/pipeline/query.hpp"

namespace orderflow::crud {

namespace {

constexpr int64_t largest_stock = 1'000'000'000;
constexpr int64_t largest_limit = 1'000;

/// A statement that failed: the guard of the stock is a refusal, everything else is ours to repair.
problem problem_of(const outcome& failed) {
  if (failed.code != check_violation && failed.code != division_by_zero)
    return orderflow::problem_of(failure{errc::store_unavailable, failed.why});
  problem sold_out;
  sold_out.status = 409;
  sold_out.word = "stock_must_suffice";
  sold_out.detail = "There is not enough of a product; nothing was ordered or charged.";
  return sold_out;
}

postgres::parameters parameters_of(const order& made) {
  using postgres::array_column;
  using postgres::element;
  std::map<std::string_view, int64_t> taken;  // Sorted: every order locks stock rows in the same order.
  array_column products{element::text}, names{element::text}, quantities{element::int8}, prices{element::int8};
  for (const auto& line : made.lines) {
    if (line.tracked) taken[line.product.value] += line.quantity;
    products.add(std::string_view{line.product.value});
    names.add(std::string_view{line.name});
    quantities.add(line.quantity);
    prices.add(line.unit_price);
  }
  array_column taken_products{element::text}, taken_quantities{element::int8};
  for (const auto& [product, quantity] : taken) {
    taken_products.add(product);
    taken_quantities.add(quantity);
  }
  const auto& paid = made.attempts.back();
  postgres::parameters with;
  with.int8(made.id.value).text(made.who.email).text(made.who.name).text(made.money.name()).int8(made.total);
  with.text(paid.method).int8(std::stoll(paid.transaction)).int8(to_ms(made.created_at));
  with.array(std::move(taken_products)).array(std::move(taken_quantities));
  with.array(std::move(products)).array(std::move(names)).array(std::move(quantities)).array(std::move(prices));
  return with;
}

}  // namespace

shop::shop(database& store, const clock& time) : store_(store), time_(time), last_number_(store.take_numbers()) {
  const auto rows = store.read("SELECT id, name, currency, price FROM products");
  for (int i = 0; i < rows.rows(); ++i) {
    const product item{product_id{rows.text(i, 0)}, rows.text(i, 1), *find_currency(rows.text(i, 2)), rows.int8(i, 3)};
    evolve(known_, product_put{item});
  }
}

std::vector<route> shop::routes() {
  using member = void (shop::*)(const request&, const responder&);
  const auto bind = [this](member what) -> handler {
    return [this, what](const request& req, const responder& to) { (this->*what)(req, to); };
  };
  constexpr auto staff = audience::staff();
  std::vector<route> table;
  table.emplace_back(verb::post, "/api/v1/orders", staff, bind(&shop::place));
  table.emplace_back(verb::get, "/api/v1/orders", staff, bind(&shop::list));
  table.emplace_back(verb::put, "/dev/products/{id}", staff, bind(&shop::put_product));
  table.emplace_back(verb::put, "/dev/stock/{id}", staff, bind(&shop::put_stock));
  table.emplace_back(verb::get, "/dev/gateway/ledger", staff,
                     [this](const request&, const responder& to) { to(ledger_reply(captures_)); });
  table.emplace_back(verb::get, "/readyz", audience::anyone(), [](const request&, const responder& to) { to(reply{}); });
  return table;
}

order shop::paid_order(place_order options) {
  order made;
  made.id = order_id{++last_number_};
  made.version = 3;
  made.status = order_status::paid;
  made.who = std::move(options.who);
  made.money = options.money;
  made.lines = std::move(options.lines);
  made.created_at = made.updated_at = time_.now();
  for (const auto& line : made.lines) {
    const auto price = checked_multiply(line.unit_price, line.quantity).value_or(0);
    made.total = checked_add(made.total, price).value_or(0);
  }
  payment_attempt paid;
  paid.method = options.pay_with.value_or("ok");
  paid.status = attempt_status::captured;
  paid.transaction = std::to_string(made.id.value * 100 + 1);
  made.attempts.push_back(std::move(paid));
  made.accepted = made.total;
  return made;
}

void shop::place(const request& req, const responder& to) {
  auto decoded = orders_v1::decode_order(req.body, settings_);
  if (const auto* wrong = std::get_if<problem>(&decoded)) return to(problem_json(*wrong, req.id));
  auto& options = std::get<place_order>(decoded);
  if (const auto why = price_lines(known_, options.money, {}, options.lines); why != refusal::none)
    return to(problem_json(orderflow::problem_of(why), req.id));
  write(std::make_shared<const order>(paid_order(std::move(options))), req, to);
}

void shop::write(const std::shared_ptr<const order>& made, const request& req, const responder& to) {
  const auto& paid = made->attempts.back();
  captures_.push_back({made->id, made->total, made->money, paid.method, paid.transaction, made->created_at});
  store_.ask(place_order_statement, parameters_of(*made), [this, &req, to, made](const outcome& written) {
    if (!written.code.empty()) {
      give_back(made->id);
      return to(problem_json(problem_of(written), req.id));
    }
    reply answer;
    answer.status = 201;
    answer.body = orders_v1::order_json(*made);
    answer.header("Location", "/api/v1/orders/" + std::to_string(made->id.value));
    to(std::move(answer));
  });
}

void shop::give_back(order_id paid) {
  std::erase_if(captures_, [&](const capture& each) { return each.order == paid; });
}

void shop::put_product(const request& req, const responder& to) {
  auto decoded = read_product(req.values[0], req.body);
  if (const auto* wrong = std::get_if<problem>(&decoded)) return to(problem_json(*wrong, req.id));
  const auto& item = std::get<product>(decoded);
  postgres::parameters with;
  with.text(item.id.value).text(item.name).text(item.money.name()).int8(item.price);
  store_.ask(put_product_statement, std::move(with), [this, item, &req, to](const outcome& done) {
    if (!done.code.empty()) return to(problem_json(problem_of(done), req.id));
    evolve(known_, product_put{item});
    to(reply{});
  });
}

void shop::put_stock(const request& req, const responder& to) {
  auto parsed = read_object(req.body);
  if (const auto* wrong = std::get_if<problem>(&parsed)) return to(problem_json(*wrong, req.id));
  std::vector<field_error> errors;
  field_reader from{std::get<json_value>(parsed), {}, errors};
  const auto on_hand = from.integer("on_hand", 0, largest_stock, presence::required).value_or(0);
  if (!errors.empty()) return to(problem_json(invalid(std::move(errors)), req.id));
  postgres::parameters with;
  with.text(req.values[0]).int8(on_hand);
  store_.ask(put_stock_statement, std::move(with), [&req, to](const outcome& done) {
    if (!done.code.empty()) return to(problem_json(problem_of(done), req.id));
    to(reply{});
  });
}

void shop::list(const request& req, const responder& to) {
  auto query = query_values::parse(req.query);
  if (!query) return to(problem_json(malformed("query_must_be_well_formed", "The query is malformed."), req.id));
  const auto* email = query->find("customer_email");
  const auto* limit = query->find("limit");
  const auto* cursor = query->find("cursor");
  const auto below = cursor == nullptr ? std::optional{order_id{INT64_MAX}} : parse_order_id(*cursor);
  const int64_t wanted = limit == nullptr ? 20 : std::strtoll(limit->c_str(), nullptr, 10);
  if (email == nullptr || !below || wanted < 1 || wanted > largest_limit)
    return to(problem_json(invalid({{"?customer_email", "must be given, and limit from 1 to 1000"}}), req.id));
  postgres::parameters with;
  with.text(*email).int8(below->value).int8(wanted);
  store_.ask(list_orders_statement, std::move(with), [this, &req, to, query, wanted](const outcome& found) {
    if (!found.code.empty()) return to(problem_json(problem_of(found), req.id));
    auto page = std::make_shared<std::vector<order>>(orders_of(found.rows, *query->find("customer_email")));
    postgres::array_column ids{postgres::element::int8};
    for (const auto& each : *page) ids.add(each.id.value);
    postgres::parameters of;
    of.array(std::move(ids));
    store_.ask(list_items_statement, std::move(of), [page, &req, to, query, wanted](const outcome& items) mutable {
      if (!items.code.empty()) return to(problem_json(problem_of(items), req.id));
      add_items(*page, items.rows);
      to(page_reply(*page, *query, wanted));
    });
  });
}

}  // namespace orderflow::crud
