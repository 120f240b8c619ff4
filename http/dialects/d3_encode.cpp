#include <algorithm>

#include "base/assert.hpp"
#include "codec/order_json.hpp"
#include "http/dialects/d3_words.hpp"

namespace orderflow {

namespace {

std::string upper(std::string_view text) {
  std::string word{text};
  std::ranges::transform(word, word.begin(), [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  return word;
}

void write_item(json_writer& out, std::string_view product, std::string_view name, int64_t quantity, std::string_view price) {
  out.begin_object();
  out.key("productId");
  write_id(out, product);
  out.key("name").string(name);
  out.key("quantity").integer(quantity);
  out.key("price").raw(price);
  out.end_object();
}

std::string_view word_of(d3_payment_state state) {
  switch (state) {
    case d3_payment_state::success: return "SUCCESS";
    case d3_payment_state::failed: return "FAILED";
    case d3_payment_state::pending: return "PENDING";
  }
  ORDERFLOW_UNREACHABLE("d3_payment_state");
}

/// The document has one word of its own.
std::string word_of(order_status status) { return status == order_status::paid ? "CONFIRMED" : upper(to_string(status)); }

}  // namespace

reply d3_problem(const problem& what, std::string_view) {
  reply made;
  made.status = what.status == 422 ? 400 : what.status;
  json_writer out{made.body};
  out.begin_object().key("status").string("FAILED").key("error").string(upper(what.word));
  out.key("message").string(what.detail).end_object();
  add_problem_headers(what, made);
  return made;
}

std::string d3_cart(const account& kept, const catalogue& known, currency money) {
  std::string text;
  json_writer out{text};
  out.begin_object();
  out.key("userId");
  write_id(out, kept.who.user);
  out.key("items").begin_array();
  minor_units total = 0;
  for (const auto& line : kept.cart) {
    const auto found = known.products.find(line.product);
    if (found == known.products.end()) continue;  // Products never leave the catalogue.
    const auto& item = found->second;
    write_item(out, item.id.value, item.name, line.quantity, fixed_text(item.price, item.money));
    const auto price = checked_multiply(item.price, line.quantity);
    total = price ? checked_add(total, *price).value_or(total) : total;
  }
  out.end_array();
  out.key("totalPrice").raw(fixed_text(total, money));
  out.end_object();
  return text;
}

void d3_write_order(json_writer& out, const order& now) {
  out.begin_object();
  out.key("orderId").integer(now.id.value);
  out.key("userId");
  write_id(out, now.who.id.empty() ? now.source.owner : now.who.id);
  out.key("items").begin_array();
  for (const auto& line : now.lines)
    write_item(out, line.product.value, line.name, line.quantity, fixed_text(line.unit_price, now.money));
  out.end_array();
  out.key("totalPrice").raw(fixed_text(now.total, now.money));
  out.key("paymentStatus").string(word_of(d3_payment_of(now)));
  out.key("status").string(word_of(now.status));
  out.key("timestamp").string(to_rfc3339(to_ms(now.placed_at == timestamp{} ? now.created_at : now.placed_at)));
  out.end_object();
}

d3_payment_state d3_payment_of(const order& now) {
  switch (now.status) {
    case order_status::paid:
    case order_status::shipped:
    case order_status::delivered: return d3_payment_state::success;
    case order_status::payment_processing: return d3_payment_state::pending;
    case order_status::cancelled: return d3_payment_state::failed;
    case order_status::pending: break;
  }
  const auto declined = !now.pay_wish && !now.attempts.empty() && now.attempts.back().status == attempt_status::declined;
  return declined ? d3_payment_state::failed : d3_payment_state::pending;
}

uint16_t d3_status_of(d3_payment_state state) {
  switch (state) {
    case d3_payment_state::success: return 200;
    case d3_payment_state::failed: return 402;
    case d3_payment_state::pending: return 202;
  }
  ORDERFLOW_UNREACHABLE("d3_payment_state");
}

std::string d3_decline_reason(const order& now) {
  return now.attempts.empty() || now.attempts.back().reason.empty() ? "declined" : now.attempts.back().reason;
}

std::string d3_payment(const order& now) {
  const auto state = d3_payment_of(now);
  std::string text;
  json_writer out{text};
  out.begin_object();
  out.key("orderId").integer(now.id.value);
  out.key("paymentId").integer(now.id.value);
  out.key("transactionId");
  if (now.attempts.empty()) {
    out.null();
  } else {
    out.integer(now.id.value * 100 + int64_t{now.current_attempt()});
  }
  out.key("status").string(word_of(state));
  if (state == d3_payment_state::failed) {
    out.key("error").string("PAYMENT_FAILED");
    out.key("message").string("Payment failed: " + d3_decline_reason(now));
  }
  out.end_object();
  return text;
}

reply d3_out_of_stock(const std::vector<d3_shortage>& lines, bool failed_flag) {
  std::string names;
  for (const auto& line : lines) names += (names.empty() ? "" : ", ") + line.wanted.product.value;
  reply made;
  made.status = 409;
  json_writer out{made.body};
  out.begin_object();
  if (failed_flag) out.key("success").boolean(false);
  out.key("status").string("FAILED").key("error").string("OUT_OF_STOCK");
  out.key("message").string("Out of stock: " + names);
  out.key("items").begin_array();
  for (const auto& line : lines) {
    out.begin_object();
    out.key("productId");
    write_id(out, line.wanted.product.value);
    out.key("requestedQuantity").integer(line.wanted.quantity);
    out.key("availableQuantity").integer(line.available);
    out.end_object();
  }
  out.end_array();
  out.end_object();
  return made;
}

reply d3_reduced(const std::vector<stock_row>& levels) {
  reply made;
  json_writer out{made.body};
  out.begin_object().key("success").boolean(true);
  out.key("items").begin_array();
  for (const auto& row : levels) {
    out.begin_object();
    out.key("productId");
    write_id(out, row.product.value);
    out.key("availableQuantity").integer(row.level.available());
    out.end_object();
  }
  out.end_array();
  out.end_object();
  return made;
}

}  // namespace orderflow
