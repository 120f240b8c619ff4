#include "bench/compare/crud/listing.hpp"

#include "codec/json.hpp"

namespace orderflow::crud {

std::vector<order> orders_of(const postgres::answer& rows, std::string_view email) {
  std::vector<order> page;
  page.reserve(static_cast<size_t>(rows.rows()));
  for (int i = 0; i < rows.rows(); ++i) {
    order& each = page.emplace_back();
    each.id = order_id{rows.int8(i, 0)};
    each.version = 3;
    each.status = static_cast<order_status>(rows.int2(i, 7));
    each.who.email = email;
    each.who.name = rows.text(i, 1);
    each.money = find_currency(rows.text(i, 2)).value_or(currency{});
    each.total = rows.int8(i, 3);
    each.created_at = each.updated_at = from_ms(rows.int8(i, 4));
    payment_attempt paid;
    paid.method = rows.text(i, 5);
    paid.status = attempt_status::captured;
    paid.transaction = std::to_string(rows.int8(i, 6));
    each.attempts.push_back(std::move(paid));
    each.accepted = each.total;
  }
  return page;
}

void add_items(std::vector<order>& to, const postgres::answer& rows) {
  auto at = to.begin();
  for (int i = 0; i < rows.rows(); ++i) {
    const order_id id{rows.int8(i, 0)};
    while (at != to.end() && at->id != id) ++at;
    if (at == to.end()) return;
    const auto product = rows.text(i, 1);
    at->lines.push_back({product_id{product}, rows.text(i, 2), rows.int8(i, 3), rows.int8(i, 4), !product.empty()});
  }
}

reply page_reply(const std::vector<order>& page, query_values query, int64_t limit) {
  reply made;
  made.body.reserve(page.size() * 512 + 2);
  json_writer out{made.body};
  out.begin_array();
  for (const auto& each : page) orders_v1::write_order(out, each);
  out.end_array();
  if (static_cast<int64_t>(page.size()) == limit) {
    query.set("cursor", std::to_string(page.back().id.value));
    made.header("Link", "</api/v1/orders/?" + query.text() + ">; rel=\"next\"");
  }
  return made;
}

reply ledger_reply(const std::vector<capture>& captures) {
  reply made;
  made.body.reserve(captures.size() * 192 + 2);
  json_writer out{made.body};
  out.begin_array();
  for (const auto& each : captures) {
    out.begin_object().key("kind").string("capture");
    out.key("key").string("charge/" + std::to_string(each.order.value) + "/1");
    out.key("order_id").integer(each.order.value);
    out.key("amount").raw(shortest_text(each.amount, each.money));
    out.key("amount_minor").integer(each.amount);
    out.key("currency").string(each.money.name());
    out.key("method").string(each.method);
    out.key("transaction").string(each.transaction);
    out.key("at").string(to_rfc3339(to_ms(each.at))).end_object();
  }
  out.end_array();
  return made;
}

}  // namespace orderflow::crud
