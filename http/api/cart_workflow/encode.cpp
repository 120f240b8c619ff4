#include <algorithm>

#include "base/assert.hpp"
#include "codec/order_json.hpp"
#include "domain/order/payment_amounts.hpp"
#include "domain/order/payment_return.hpp"
#include "domain/payment/decline_reason.hpp"
#include "http/api/cart_workflow/codec.hpp"
#include "http/api/common/writing.hpp"

namespace orderflow::cart_workflow {

namespace {

std::string upper(std::string_view text) {
  std::string word{text};
  std::ranges::transform(word, word.begin(), [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  return word;
}

/// `current_price`: of the catalogue, where it has another price by now.
void write_item(json_writer& out, std::string_view product, std::string_view name, int64_t quantity, std::string_view price,
                const std::optional<std::string>& current_price = std::nullopt) {
  out.begin_object();
  out.key("productId");
  write_id(out, product);
  out.key("name").string(name);
  out.key("quantity").integer(quantity);
  out.key("price").raw(price);
  if (current_price) out.key("currentPrice").raw(*current_price);
  out.end_object();
}

std::string_view word_of(payment_state state) {
  switch (state) {
    case payment_state::success: return "SUCCESS";
    case payment_state::failed: return "FAILED";
    case payment_state::pending: return "PENDING";
    case payment_state::refunding: return "REFUNDING";
    case payment_state::refunded: return "REFUNDED";
  }
  ORDERFLOW_UNREACHABLE("d3_payment_state");
}

/// The document has one word of its own.
std::string word_of(order_status status) { return status == order_status::paid ? "CONFIRMED" : upper(to_string(status)); }

/// The first few lines by name; all are in the reply's items.
std::string price_sentence(const cart_prices& found, std::optional<minor_units> expected, currency money) {
  constexpr size_t told_in_words = 3;
  const auto total = fixed_text(found.total, money) + " " + std::string{money.name()};
  std::string text;
  for (size_t i = 0; i < std::min(found.changed.size(), told_in_words); ++i) {
    const auto& [line, told] = found.changed[i];
    text += (text.empty() ? "The price of " : ", of ") + line.product.value + " is now " + fixed_text(line.unit_price, money) +
            " instead of " + fixed_text(told, money);
  }
  if (found.changed.size() > told_in_words) text += " and other prices have changed";
  text += text.empty() ? "The cart costs " + total : "; the cart costs " + total + " instead of " + fixed_text(found.told, money);
  if (expected && *expected != found.told) text += ", not " + fixed_text(*expected, money) + " as the request says";
  return text + ". Nothing was ordered: place again with \"totalPrice\": " + fixed_text(found.total, money) +
         " to order at this total.";
}

/// As the customer was told, so that what a reply showed last is what placing compares with; before anything was told, as it is.
minor_units quoted_price_of(const account& kept, const product& item) {
  const auto is_it = [&](const quoted_price& one) { return one.product == item.id && one.money == item.money; };
  const auto told = std::ranges::find_if(kept.told, is_it);
  return told == kept.told.end() ? item.price : told->price;
}

}  // namespace

reply problem_reply(const problem& what, std::string_view) {
  reply made;
  made.status = what.status == 422 ? 400 : what.status;
  json_writer out{made.body};
  out.begin_object().key("status").string("FAILED").key("error").string(upper(what.word));
  out.key("message").string(what.detail).end_object();
  add_problem_headers(what, made);
  return made;
}

std::string cart_json(const account& kept, const catalogue& known, currency money) {
  std::string text;
  json_writer out{text};
  out.begin_object();
  out.key("userId");
  write_id(out, kept.who.user);
  out.key("items").begin_array();
  minor_units total = 0;
  minor_units present = 0;
  const auto add = [](minor_units& sum, minor_units price, int64_t quantity) {
    const auto part = checked_multiply(price, quantity);
    sum = part ? checked_add(sum, *part).value_or(sum) : sum;
  };
  for (const auto& line : kept.cart) {
    const auto found = known.products.find(line.product);
    if (found == known.products.end()) continue;  // Products never leave the catalogue.
    const auto& item = found->second;
    const auto price = quoted_price_of(kept, item);
    const auto current_price = price == item.price ? std::nullopt : std::optional{fixed_text(item.price, item.money)};
    write_item(out, item.id.value, item.name, line.quantity, fixed_text(price, item.money), current_price);
    add(total, price, line.quantity);
    add(present, item.price, line.quantity);
  }
  out.end_array();
  out.key("totalPrice").raw(fixed_text(total, money));
  if (present != total) out.key("currentTotalPrice").raw(fixed_text(present, money));
  out.end_object();
  return text;
}

void write_order(json_writer& out, const order& now) {
  out.begin_object();
  out.key("orderId").integer(now.id.value);
  out.key("userId");
  write_id(out, customer_of(now));
  out.key("items").begin_array();
  for (const auto& line : now.lines)
    write_item(out, line.product.value, line.name, line.quantity, fixed_text(line.unit_price, now.money));
  out.end_array();
  out.key("totalPrice").raw(fixed_text(now.total, now.money));
  out.key("paymentStatus").string(word_of(payment_state_of(now)));
  out.key("status").string(word_of(now.status));
  out.key("timestamp").string(to_rfc3339(to_ms(now.placed_at == timestamp{} ? now.created_at : now.placed_at)));
  if (now.cancel_requested) out.key("cancelRequested").boolean(true);
  out.end_object();
}

payment_state payment_state_of(const order& now) {
  switch (payment_return_of(now)) {
    case payment_return::none: break;
    case payment_return::under_way: return payment_state::refunding;
    case payment_return::done: return payment_state::refunded;
  }
  switch (now.status) {
    case order_status::paid:
    case order_status::shipped:
    case order_status::delivered: return payment_state::success;
    case order_status::payment_processing: return payment_state::pending;
    case order_status::cancelled: return payment_state::failed;
    case order_status::pending: break;
  }
  const auto declined = !now.requested_method && !now.attempts.empty() && now.attempts.back().status == attempt_status::declined;
  return declined ? payment_state::failed : payment_state::pending;
}

uint16_t http_status_of(const order& now) {
  switch (payment_state_of(now)) {
    case payment_state::success: return 200;
    case payment_state::failed: return 402;
    case payment_state::pending: return 202;
    case payment_state::refunding:
    case payment_state::refunded: return now.status == order_status::cancelled ? 409 : 200;
  }
  ORDERFLOW_UNREACHABLE("d3_payment_state");
}

std::string decline_reason_of(const order& now) {
  return now.attempts.empty() || now.attempts.back().reason.empty() ? "declined" : now.attempts.back().reason;
}

std::string payment_json(const order& now) {
  const auto state = payment_state_of(now);
  std::string text;
  json_writer out{text};
  out.begin_object();
  out.key("orderId").integer(now.id.value);
  out.key("paymentId").integer(now.id.value);
  write_number_or_null(out, "transactionId",
                       now.attempts.empty() ? std::nullopt : transaction_number_of(now, now.current_attempt()));
  out.key("status").string(word_of(state));
  if (state == payment_state::failed) {
    out.key("error").string("PAYMENT_FAILED");
    out.key("message").string("Payment failed due to " + decline_cause(decline_reason_of(now)));
    out.key("reason").string(decline_reason_of(now));
  }
  if (now.status == order_status::cancelled && state != payment_state::failed) {
    out.key("error").string("ORDER_MUST_NOT_BE_CANCELLED");
    out.key("message").string("The order is cancelled; what was paid is returned.");
  }
  out.end_object();
  return text;
}

reply out_of_stock_reply(const std::vector<shortage>& lines, bool failed_flag) {
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

reply price_changed_reply(const cart_prices& found, std::optional<minor_units> expected, currency money) {
  reply made;
  made.status = 409;
  json_writer out{made.body};
  out.begin_object().key("status").string("FAILED");
  out.key("error").string(found.changed.empty() ? "TOTAL_DIFFERS" : "PRICE_CHANGED");
  out.key("message").string(price_sentence(found, expected, money));
  out.key("items").begin_array();
  for (const auto& [line, told] : found.changed) {
    out.begin_object().key("productId");
    write_id(out, line.product.value);
    out.key("name").string(line.name);
    out.key("quantity").integer(line.quantity);
    out.key("price").raw(fixed_text(line.unit_price, money));
    out.key("previousPrice").raw(fixed_text(told, money));
    out.end_object();
  }
  out.end_array();
  out.key("totalPrice").raw(fixed_text(found.total, money));
  out.key("previousTotalPrice").raw(fixed_text(found.told, money));
  out.end_object();
  return made;
}

reply reduced_reply(const std::vector<stock_row>& levels) {
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

}  // namespace orderflow::cart_workflow
