#include "codec/order_json.hpp"
#include "domain/order/payment_amounts.hpp"
#include "http/api/common/id_json.hpp"
#include "http/api/common/writing.hpp"
#include "http/api/orderflow_api/codec.hpp"

namespace orderflow::orderflow_api {

namespace {

/// The document prints whole seconds with an offset: "2023-10-12T07:05:27-04:00". Ours is always UTC.
std::string with_offset(timestamp at) {
  auto text = to_rfc3339(to_ms(std::chrono::floor<std::chrono::seconds>(at)));
  text.replace(text.size() - 1, 1, "+00:00");
  return text;
}

void write_card(json_writer& out, const stored_method& card, std::string_view customer) {
  out.key("credit_card").begin_object();
  out.key("first_name").string(card.first_name);
  out.key("last_name").string(card.last_name);
  out.key("first_digits").string(card.first_digits);
  out.key("last_digits").string(card.last_digits);
  out.key("brand").string(card.brand);
  out.key("expiry_month").integer(card.expiry_month);
  out.key("expiry_year").integer(card.expiry_year);
  out.key("customer_id");
  write_id(out, customer);
  out.end_object();
}

}  // namespace

reply problem_reply(const problem& what, std::string_view) {
  reply made;
  made.status = what.status == 422 ? 400 : what.status;
  json_writer out{made.body};
  out.begin_object().key("status").string("error").key("code").string(what.word).key("message").string(what.detail).end_object();
  add_problem_headers(what, made);
  return made;
}

std::string cart_json(const order& now, const std::vector<item_body>& items) {
  std::string text;
  json_writer out{text};
  out.begin_object();
  out.key("orderId").string(std::to_string(now.id.value));
  out.key("tax").raw(shortest_text(now.tax, now.money));
  out.key("subTotalAmount").raw(shortest_text(now.total - now.tax, now.money));
  out.key("totalAmount").raw(shortest_text(now.total, now.money));
  out.key("items").begin_array();
  for (const auto& item : items) {
    out.begin_object();
    out.key("productId").string(item.product.value);
    out.key("quantity").integer(item.quantity);
    out.key("price").raw(item.price.text);
    out.end_object();
  }
  out.end_array();
  out.key("status").string(to_string(now.status));
  out.end_object();
  return text;
}

std::string invoice_json(const order& now, std::string_view customer) {
  std::string text;
  json_writer out{text};
  const auto number = std::to_string(now.id.value);
  out.begin_object();
  out.key("invoiceId").string(number);
  out.key("orderId").string(number);
  out.key("customerId").string(customer);
  out.key("totalAmount").raw(shortest_text(now.total, now.money));
  out.end_object();
  return text;
}

std::string payment_json(const order& now, const stored_method& card, std::string_view customer) {
  std::string text;
  json_writer out{text};
  const auto& attempt = now.attempts.back();
  out.begin_object();
  write_number_or_null(out, "transactionId", transaction_number_of(now, now.current_attempt()));
  write_card(out, card, customer);
  out.key("payment").begin_object();
  out.key("completed_at").string(with_offset(attempt.settled_at));
  out.key("created_at").string(with_offset(attempt.started_at));
  out.key("currency").string(now.money.name());
  out.key("customer_id");
  write_id(out, customer);
  out.key("amount").string(shortest_text(now.total, now.money));
  out.end_object();
  out.end_object();
  return text;
}

std::string progress_json(const order& now) {
  std::string text;
  json_writer out{text};
  out.begin_object();
  out.key("status").string(to_string(now.status));
  out.key("orderId").string(std::to_string(now.id.value));
  if (now.cancel_requested) out.key("cancelRequested").boolean(true);
  out.end_object();
  return text;
}

std::string tracking_json(const order& now) {
  std::string text;
  json_writer out{text};
  out.begin_object().key("tracking_number");
  write_id(out, now.shipment.tracking);
  out.end_object();
  return text;
}

}  // namespace orderflow::orderflow_api
