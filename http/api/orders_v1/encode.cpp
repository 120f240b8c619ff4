#include <algorithm>

#include "codec/order_json.hpp"
#include "domain/order/allowed.hpp"
#include "domain/order/attention.hpp"
#include "domain/order/payment_amounts.hpp"
#include "http/api/common/writing.hpp"
#include "http/api/orders_v1/codec.hpp"

namespace orderflow::orders_v1 {

namespace {

/// The document prints whole seconds.
std::string whole_seconds(timestamp at) { return to_rfc3339(to_ms(std::chrono::floor<std::chrono::seconds>(at))); }

void write_items(json_writer& out, const order& now) {
  out.key("items").begin_array();
  int64_t number = 0;
  for (const auto& line : now.lines) {
    out.begin_object();
    out.key("id").integer(++number);
    out.key("product_name").string(line.name);
    out.key("quantity").integer(line.quantity);
    out.key("unit_price").raw(shortest_text(line.unit_price, now.money));
    if (!line.product.value.empty()) {
      out.key("product_id").string(line.product.value);
      out.key("price_source").string(line.tracked ? "catalogue" : "client");
    }
    out.end_object();
  }
  out.end_array();
}

std::optional<int64_t> transaction_id(const order& now) { return transaction_number_of(now, now.current_attempt()); }

/// Money counts, whatever was said before it came.
std::string_view attempt_word(attempt_status status, const capture_amounts& money) {
  if (money.captured > 0) return money.refunded >= money.captured ? "refunded" : "completed";
  switch (status) {
    case attempt_status::started: return "processing";
    case attempt_status::captured: return "completed";
    case attempt_status::declined: return "failed";
    case attempt_status::unknown: return "unknown";
  }
  return "unknown";
}

/// How the last attempt went, in short; the whole story is at /api/v1/payments/order/{id}.
void write_payment_summary(json_writer& out, const order& now) {
  if (now.attempts.empty()) return;
  out.key("payment").begin_object();
  out.key("status").string(payment_status_word(now));
  if (!now.attempts.back().reason.empty()) out.key("reason").string(now.attempts.back().reason);
  write_number_or_null(out, "transaction_id", transaction_id(now));
  out.end_object();
}

void write_order_members(json_writer& out, const order& now) {
  out.key("id").integer(now.id.value);
  out.key("customer_email").string(now.who.email);
  out.key("customer_name").string(now.who.name);
  out.key("status").string(to_string(now.status));
  out.key("total_amount").raw(shortest_text(now.total, now.money));
  out.key("currency").string(now.money.name());
  write_items(out, now);
  out.key("created_at").string(whole_seconds(now.created_at));
  out.key("updated_at").string(whole_seconds(now.updated_at));
  write_payment_summary(out, now);
  if (now.cancel_requested) out.key("cancel_requested").boolean(true);
  if (now.cancelled_because != cancel_reason::none) out.key("cancel_reason").string(to_string(now.cancelled_because));
  if (now.shipment.status == shipment_status::booked) out.key("tracking_number").string(now.shipment.tracking);
  if (now.needs_operator != operator_reason::none) out.key("needs_operator").string(to_string(now.needs_operator));
  if (!now.source.external_id.empty()) out.key("external_id").string(now.source.external_id);
  write_text_or_null(out, "batch_id", now.source.batch_id);
  write_text_or_null(out, "csv_source", now.source.csv_source);
  write_text_or_null(out, "import_group", now.source.import_group);
}

void write_metrics(json_writer& out, const capture_amounts& money, currency in) {
  out.key("amount").raw(shortest_text(money.captured, in));
  out.key("refunded_amount").raw(shortest_text(money.refunded, in));
  write_text_or_null(out, "transaction_id", money.transaction);
}

void write_attempts(json_writer& out, const order& now, const payment_amounts& figures) {
  out.key("attempts").begin_array();
  int64_t number = 0;
  for (const auto& attempt : now.attempts) {
    const auto& money = figures.attempts[static_cast<size_t>(number)];
    const bool settled_once = attempt.settled_at != timestamp{};
    out.begin_object();
    out.key("n").integer(++number);
    out.key("status").string(attempt_word(attempt.status, money));
    write_text_or_null(out, "reason", attempt.reason);
    out.key("at").string(whole_seconds(settled_once ? attempt.settled_at : attempt.started_at));
    write_metrics(out, money, now.money);
    out.end_object();
  }
  out.end_array();
}

/// Captures of no attempt of ours: rare, so only where there are some.
void write_other_captures(json_writer& out, const order& now, const payment_amounts& figures) {
  if (figures.others.empty()) return;
  out.key("other_captures").begin_array();
  for (const auto& money : figures.others) {
    out.begin_object();
    write_metrics(out, money, now.money);
    out.end_object();
  }
  out.end_array();
}

/// In none of the sums: their amounts are in currencies of their own.
void write_foreign_captures(json_writer& out, const order& now) {
  if (now.foreign_captures.empty()) return;
  out.key("captures_in_other_currency").begin_array();
  for (const auto& one : now.foreign_captures) {
    out.begin_object();
    out.key("amount").raw(shortest_text(one.amount, one.money)).key("currency").string(one.money.name());
    out.key("transaction_id").string(one.transaction);
    out.key("at").string(whole_seconds(one.at));
    out.end_object();
  }
  out.end_array();
}

struct shown_refund {
  int64_t number = 0;  ///< 0: not made by us.
  minor_units amount = 0;
  std::string_view status;
  std::string_view source;
  timestamp at{};
};

std::string_view refund_word(refund_status status) {
  switch (status) {
    case refund_status::started: return "started";
    case refund_status::settled:
    case refund_status::by_other_means: return "settled";
    case refund_status::refused:
    case refund_status::replaced: return "refused";
  }
  return "started";
}

void write_refunds(json_writer& out, const order& now) {
  std::vector<shown_refund> all;
  for (const auto& back : now.refunds) {
    const auto by_hand = back.status == refund_status::by_other_means;
    const auto at = back.settled_at != timestamp{} ? back.settled_at : back.started_at;
    const auto number = static_cast<int64_t>(all.size() + 1);
    all.push_back({number, back.amount, refund_word(back.status), by_hand ? "operator" : "order", at});
  }
  for (const auto& back : now.external_refunds) all.push_back({0, back.amount, "settled", "outside", back.at});
  std::stable_sort(all.begin(), all.end(), [](const auto& one, const auto& other) { return one.at < other.at; });
  out.key("refunds").begin_array();
  for (const auto& back : all) {
    out.begin_object();
    out.key("id");
    if (back.number > 0) {
      out.integer(back.number);
    } else {
      out.null();
    }
    out.key("amount").raw(shortest_text(back.amount, now.money));
    out.key("status").string(back.status);
    out.key("at").string(whole_seconds(back.at));
    out.key("source").string(back.source);
    out.end_object();
  }
  out.end_array();
}

currency currency_of(const operator_matter& matter, const order& now) {
  return matter.money == currency{} ? now.money : matter.money;
}

/// A capture may have been told again as nothing; otherwise 0 is no figure.
bool tells_amount(const operator_matter& matter) {
  return matter.amount > 0 || matter.reason == operator_reason::capture_of_other_figure;
}

bool is_about_refund(operator_reason reason) {
  return reason == operator_reason::refund_refused || reason == operator_reason::refund_unknown_to_gateway;
}

/// What waits for a person, each with what resolves it.
void write_attention(json_writer& out, const order& now) {
  const auto list = attention_of(now);
  if (list.empty()) return;
  out.key("attention").begin_array();
  for (const auto& [matter, resolved_by] : list) {
    out.begin_object();
    out.key("number").integer(matter.number);
    out.key("reason").string(to_string(matter.reason));
    out.key("since").string(to_rfc3339(to_ms(matter.since)));
    write_text_or_null(out, "detail", matter.detail);
    if (tells_amount(matter)) out.key("amount").raw(shortest_text(matter.amount, currency_of(matter, now)));
    if (matter.money != currency{}) out.key("currency").string(matter.money.name());
    if (is_about_refund(matter.reason)) out.key("refund").integer(matter.about);
    out.key("resolved_by").begin_array();
    for (const auto command : resolved_by) out.string(command);
    out.end_array();
    out.end_object();
  }
  out.end_array();
}

}  // namespace

void write_order(json_writer& out, const order& now) {
  out.begin_object();
  write_order_members(out, now);
  out.end_object();
}

std::string order_json(const order& now) {
  std::string text;
  text.reserve(448 + now.lines.size() * 128);
  json_writer out{text};
  write_order(out, now);
  return text;
}

std::string order_detail_json(const order& now, const effect_progress* busy) {
  std::string text;
  text.reserve(768 + now.lines.size() * 128);
  json_writer out{text};
  out.begin_object();
  write_order_members(out, now);
  out.key("waiting_for");
  write_waiting(out, waiting_for(now, busy));
  out.key("allowed").begin_array();
  for (const auto name : allowed_commands(now)) out.string(name);
  out.end_array();
  write_attention(out, now);
  out.key("events").string("/api/v1/orders/" + std::to_string(now.id.value) + "/events");
  out.end_object();
  return text;
}

bool has_payment(const order& now) { return !now.attempts.empty() || now.requested_method.has_value(); }

std::string_view payment_status_word(const order& now) {
  const auto open = now.status == order_status::payment_processing;
  const auto money = payment_amounts_of(now).payment;
  if (!open && money.captured > 0 && money.refunded >= money.captured) return "refunded";
  if (now.attempts.empty()) return now.status == order_status::cancelled ? "failed" : "processing";
  switch (now.attempts.back().status) {
    case attempt_status::captured: return "completed";
    case attempt_status::declined: return "failed";
    case attempt_status::started:
    case attempt_status::unknown: return "processing";
  }
  return "processing";
}

std::string payment_json(const order& now) {
  const auto figures = payment_amounts_of(now);
  std::string text;
  text.reserve(512);
  json_writer out{text};
  out.begin_object();
  out.key("id").integer(now.id.value);
  out.key("order_id").integer(now.id.value);
  out.key("amount").raw(shortest_text(now.total, now.money));
  out.key("currency").string(now.money.name());
  out.key("status").string(payment_status_word(now));
  write_number_or_null(out, "transaction_id", now.attempts.empty() ? std::nullopt : transaction_id(now));
  out.key("refunded_amount").raw(shortest_text(figures.payment.refunded, now.money));
  write_attempts(out, now, figures);
  write_refunds(out, now);
  out.key("created_at").string(whole_seconds(now.attempts.empty() ? now.placed_at : now.attempts.front().started_at));
  out.key("captured_amount").raw(shortest_text(figures.payment.captured, now.money));
  write_other_captures(out, now, figures);
  write_foreign_captures(out, now);
  out.end_object();
  return text;
}

}  // namespace orderflow::orders_v1
