// The state table: one row per command, one cell per column. States that a column has besides its plain one are in
// decide_payment_test.cpp, decide_refund_test.cpp and decide_stock_test.cpp.
#include "domain/order/decide.hpp"

#include <array>
#include <catch2/catch_test_macros.hpp>
#include <set>

#include "tests/domain/order/given.hpp"

namespace orderflow {
namespace {

using namespace given;

constexpr size_t columns = 8;
struct column {
  const char* name;
  order (*make)();
};
constexpr std::array<column, columns> all_columns{{{"awaiting_checkout", awaiting_checkout},
                                                   {"awaiting_stock", awaiting_stock},
                                                   {"awaiting_payment", awaiting_payment},
                                                   {"payment_processing", payment_processing},
                                                   {"paid", paid},
                                                   {"shipped", shipped},
                                                   {"delivered", delivered},
                                                   {"cancelled", cancelled}}};

struct row {
  const char* name;
  order_action action;
  std::array<const char*, columns> cells;
  /// When the command comes.
  milliseconds after_start{0};
};

constexpr auto not_open = "! cart_must_be_open";
constexpr auto not_new = "! order_must_be_new";
constexpr auto not_checked_out = "! order_must_be_checked_out";
constexpr auto not_paid = "! order_must_be_paid";
constexpr auto not_shipped = "! order_must_be_shipped";
constexpr auto left = "! order_must_not_be_shipped";
constexpr auto gone = "! order_must_not_be_cancelled";
constexpr auto no_attempt = "! attempt_must_be_open";
constexpr auto no_refund = "! refund_must_be_refused";
constexpr auto no_matter = "! matter_must_be_open";
constexpr auto wrong = "stray_capture_recorded(90) operator_needed(capture_of_wrong_amount) refund_started(90) [refund 1]";
constexpr auto no_booking = "! booking_must_be_open";
constexpr auto foreign = "foreign_capture_recorded(100) operator_needed(capture_in_other_currency)";
constexpr auto unmatched = "stray_capture_recorded(100) refund_started(100) [refund 1]";

std::vector<order_line> other_lines() { return {{product_id{"B"}, "bread", 1, 30, true}}; }

std::vector<row> request_rows() {
  return {
      {"open_cart, same content", a_cart(), {"=", not_new, not_new, not_new, not_new, not_new, not_new, not_new}},
      {"replace_lines",
       replace_lines{other_lines()},
       {"cart_changed(30)", not_open, not_open, not_open, not_open, not_open, not_open, gone}},
      {"place_order, same content", placing(tracked_lines()), {not_new, "=", "=", "=", "=", "=", "=", gone}},
      {"place_order, other content",
       placing(other_lines()),
       {not_new, not_new, not_new, not_new, not_new, not_new, not_new, not_new}},
      {"checkout", checkout{somebody(), {}}, {"cart_checked_out(1) [reserve 1]", "=", "=", "=", "=", "=", "=", gone}},
      {"issue_invoice",
       issue_invoice{somebody()},
       {"cart_checked_out(1) invoice_issued [reserve 1]", "invoice_issued", "invoice_issued", "invoice_issued", "invoice_issued",
        "invoice_issued", "invoice_issued", gone}},
      {"pay_order",
       pay_order{"card"},
       {not_checked_out, "payment_wished(card)", "payment_started(card) [charge 1]", "=", "=", "=", "=", gone}},
      {"cancel_order",
       cancel_order{},
       {"order_cancelled(customer)", "order_cancelled(customer) [release 1]", "order_cancelled(customer) [release 1 held]",
        "cancel_wished later", "order_cancelled(customer) refund_started(100) [release 1 held, refund 1]", left, left, "="}},
      {"refund_order, a part",
       refund_order{30},
       {not_checked_out, not_paid, not_paid, not_paid, "refund_granted(30) refund_started(30) [refund 1]",
        "refund_granted(30) refund_started(30) [refund 1]", "refund_granted(30) refund_started(30) [refund 1]", gone}},
      {"refund_order, all",
       refund_order{},
       {not_checked_out, not_paid, not_paid, not_paid, "order_cancelled(refunded) refund_started(100) [release 1 held, refund 1]",
        "refund_granted(100) refund_started(100) [refund 1]", "refund_granted(100) refund_started(100) [refund 1]", "="}},
      {"ship_order", ship_order{}, {not_checked_out, not_paid, not_paid, not_paid, "shipment_requested [book]", "=", left, gone}},
      {"ship_order, tracking given",
       ship_order{"123"},
       {not_checked_out, not_paid, not_paid, not_paid, "order_shipped(123) [consume 1]", "=", left, gone}},
      {"deliver_order",
       deliver_order{},
       {not_shipped, not_shipped, not_shipped, not_shipped, not_shipped, "order_delivered", "=", gone}},
      {"settle_attempt, captured",
       resolve_attempt{"t9", "seen in the bank", "op"},
       {no_attempt, no_attempt, no_attempt, "operator_settled charge_question_opened(1) payment_captured(100) [ask 1]",
        no_attempt, no_attempt, no_attempt, no_attempt}},
      {"settle_attempt, not captured",
       resolve_attempt{"", "not in the bank", "op"},
       {no_attempt, no_attempt, no_attempt, "operator_settled charge_question_opened(1) payment_declined(1) [ask 1]", no_attempt,
        no_attempt, no_attempt, no_attempt}},
      {"settle_shipment",
       resolve_shipment{"carrier says no", "op"},
       {no_booking, no_booking, no_booking, no_booking, no_booking, no_booking, no_booking, no_booking}},
      {"settle_refund, none refused",
       resolve_refund{1, true, "by bank transfer", "op"},
       {no_refund, no_refund, no_refund, no_refund, no_refund, no_refund, no_refund, no_refund}},
      {"settle_capture, none in doubt",
       resolve_capture{"t9", true, "seen in the bank", "op"},
       {no_matter, no_matter, no_matter, no_matter, no_matter, no_matter, no_matter, no_matter}},
      {"settle_matter, none open",
       resolve_matter{1, "seen", "op"},
       {no_matter, no_matter, no_matter, no_matter, no_matter, no_matter, no_matter, no_matter}},
  };
}

std::vector<row> report_rows() {
  return {
      {"stock_was_reserved", stock_was_reserved{1}, {"=", "stock_held(1)", "=", "=", "=", "=", "=", "="}},
      {"stock_was_refused",
       stock_was_refused{1},
       {"=", "stock_refused order_cancelled(out_of_stock)", "=", "=", "=", "=", "=", "="}},
      {"stock_was_released", stock_was_released{1}, {"=", "=", "=", "=", "=", "=", "=", "stock_released(1)"}},
      {"stock_was_consumed", stock_was_consumed{1}, {"=", "=", "=", "=", "=", "stock_consumed(1)", "stock_consumed(1)", "="}},
      {"money_was_captured, right amount",
       money_was_captured{1, "t1", 100},
       {unmatched, "early_capture_recorded(100)", "payment_started(external) payment_captured(100)", "payment_captured(100)", "=",
        "=", "=", unmatched}},
      {"money_was_captured, of no attempt of ours",
       money_was_captured{5, "t5", 100},
       {unmatched, "early_capture_recorded(100)", "payment_started(external) payment_captured(100)", unmatched, unmatched,
        unmatched, unmatched, unmatched}},
      {"money_was_captured, wrong amount",
       money_was_captured{1, "t9", 90},
       {wrong, wrong, wrong,
        "payment_declined(1) stray_capture_recorded(90) operator_needed(capture_of_wrong_amount) refund_started(90) [refund 1]",
        "operator_needed(capture_under_other_name)", "operator_needed(capture_under_other_name)",
        "operator_needed(capture_under_other_name)", wrong}},
      {"money_was_captured, of no attempt of ours and the wrong amount",
       money_was_captured{5, "t9", 90},
       {wrong, wrong, wrong, wrong, wrong, wrong, wrong, wrong}},
      {"money_was_captured, in another currency",
       money_was_captured{1, "t9", 100, currency{{'J', 'P', 'Y'}}},
       {foreign, foreign, foreign, foreign, foreign, foreign, foreign, foreign}},
      {"payment_was_declined, in another currency",
       payment_was_declined{1, "no", currency{{'J', 'P', 'Y'}}},
       {"=", "=", "=", "=", "=", "=", "=", "="}},
      {"payment_was_declined",
       payment_was_declined{1, "insufficient_funds"},
       {"=", "=", "=", "payment_declined(1)", "operator_needed(capture_of_other_figure)",
        "operator_needed(capture_of_other_figure)", "operator_needed(capture_of_other_figure)", "="}},
      {"payment_has_no_answer", payment_has_no_answer{1}, {"=", "=", "=", "payment_unknown(1)", "=", "=", "=", "="}},
      {"payment_was_not_found, none settled by an operator", payment_was_not_found{1}, {"=", "=", "=", "=", "=", "=", "=", "="}},
      {"refund_was_not_shown, none started", refund_was_not_shown{1, 0}, {"=", "=", "=", "=", "=", "=", "=", "="}},
      {"charge_is_unknown",
       charge_is_unknown{1},
       {"=", "=", "=", "operator_needed(charge_unknown_to_gateway)", "=", "=", "=", "="}},
      {"refund_is_unknown, none started", refund_is_unknown{1}, {"=", "=", "=", "=", "=", "=", "=", "="}},
      {"refund_was_settled, none started", refund_was_settled{1, 0}, {"=", "=", "=", "=", "=", "=", "=", "="}},
      {"refund_was_refused, none started", refund_was_refused{1, "no"}, {"=", "=", "=", "=", "=", "=", "=", "="}},
      {"refund_was_seen, a part",
       refund_was_seen{30},
       {"outside_refund_recorded(30)", "outside_refund_recorded(30)", "outside_refund_recorded(30)",
        "outside_refund_recorded(30)", "outside_refund_recorded(30)", "outside_refund_recorded(30)",
        "outside_refund_recorded(30)", "outside_refund_recorded(30)"}},
      {"refund_was_seen, in another currency",
       refund_was_seen{30, currency{{'J', 'P', 'Y'}}},
       {"=", "=", "=", "=", "=", "=", "=", "="}},
      {"refund_was_seen, all",
       refund_was_seen{100},
       {"outside_refund_recorded(100)", "outside_refund_recorded(100)", "outside_refund_recorded(100)",
        "outside_refund_recorded(100)", "outside_refund_recorded(100) order_cancelled(refunded) [release 1 held]",
        "outside_refund_recorded(100)", "outside_refund_recorded(100)", "outside_refund_recorded(100)"}},
      {"shipment_was_booked",
       shipment_was_booked{"123"},
       {"=", "=", "=", "=", "order_shipped(123) [consume 1]", "=", "=",
        "late_booking_recorded(123) operator_needed(booked_after_cancel)"}},
      {"booking_was_refused", booking_was_refused{"no"}, {"=", "=", "=", "=", "=", "=", "=", "="}},
      {"cart_was_settled, of no cart", cart_was_settled{}, {"=", "=", "=", "=", "=", "=", "=", "="}},
  };
}

std::vector<row> deadline_rows() {
  using namespace std::chrono_literals;
  const timer_policy timers;
  const auto row_of = [](const char* name, deadline_kind kind, milliseconds at, std::array<const char*, columns> cells) {
    return row{name, deadline_has_come{kind}, cells, at};
  };
  return {
      row_of("payment_reminder", deadline_kind::payment_reminder, timers.payment_reminder,
             {"=", "payment_reminded", "payment_reminded", "payment_reminded", "=", "=", "=", "="}),
      row_of("payment_alert", deadline_kind::payment_alert, timers.payment_alert,
             {"=", "payment_alert_raised", "payment_alert_raised", "payment_alert_raised", "=", "=", "=", "="}),
      row_of("payment_due", deadline_kind::payment_due, timers.payment_due,
             {"=", "order_cancelled(expired) [release 1]", "order_cancelled(expired) [release 1 held]", "expiry_wished", "=", "=",
              "=", "="}),
      row_of("stock_confirm", deadline_kind::stock_confirm, timers.stock_confirm,
             {"=", "stock_alert_raised", "=", "=", "=", "=", "=", "="}),
      row_of("cart_expiry", deadline_kind::cart_expiry, timers.cart_expiry,
             {"order_cancelled(expired)", "=", "=", "=", "=", "=", "=", "="}),
      row_of("shipping_overdue", deadline_kind::shipping_overdue, timers.shipping_overdue,
             {"=", "=", "=", "=", "shipping_alert_raised", "=", "=", "="}),
  };
}

void check(const row& line) {
  for (size_t at = 0; at < columns; ++at) {
    INFO(line.name << " in " << all_columns[at].name);
    CHECK(outcome(all_columns[at].make(), line.action, start + line.after_start) == line.cells[at]);
  }
}

}  // namespace

TEST_CASE("every cell of the state table holds for requests") {
  for (const auto& line : request_rows()) check(line);
}

TEST_CASE("every cell of the state table holds for reports") {
  for (const auto& line : report_rows()) check(line);
}

TEST_CASE("every cell of the state table holds for deadlines, and none of them comes a millisecond early") {
  for (auto line : deadline_rows()) {
    check(line);
    line.after_start -= milliseconds{1};
    line.cells.fill("=");
    check(line);
  }
}

TEST_CASE("the state table lists every command and every kind of deadline in every column") {
  std::set<size_t> commands;
  std::set<deadline_kind> deadlines;
  for (const auto& rows : {request_rows(), report_rows(), deadline_rows()}) {
    for (const auto& line : rows) {
      commands.insert(line.action.index());
      if (const auto* deadline = std::get_if<deadline_has_come>(&line.action)) deadlines.insert(deadline->kind);
      for (const auto* cell : line.cells) CHECK(cell != nullptr);
    }
  }
  CHECK(commands.size() == std::variant_size_v<order_action>);
  CHECK(deadlines.size() == 6);
}

TEST_CASE("the columns of the state table are the states they are named after") {
  const auto is = [](const order& now, order_status status) { return now.status == status; };
  CHECK(awaiting_checkout().pending_for(pending_reason::awaiting_checkout));
  CHECK(awaiting_stock().pending_for(pending_reason::awaiting_stock));
  CHECK(awaiting_payment().pending_for(pending_reason::awaiting_payment));
  CHECK(is(payment_processing(), order_status::payment_processing));
  CHECK(is(paid(), order_status::paid));
  CHECK(is(shipped(), order_status::shipped));
  CHECK(is(delivered(), order_status::delivered));
  CHECK(is(cancelled(), order_status::cancelled));
}

TEST_CASE("what does not exist refuses requests and drops reports") {
  for (const auto& line : request_rows()) {
    INFO(line.name);
    if (std::holds_alternative<open_cart>(line.action))
      CHECK(outcome({}, line.action) == "cart_opened");
    else if (std::holds_alternative<place_order>(line.action))
      CHECK(outcome({}, line.action) == "order_placed(1) [reserve 1]");
    else
      CHECK(outcome({}, line.action) == "! order_must_exist");
  }
  for (const auto& rows : {report_rows(), deadline_rows()}) {
    for (const auto& line : rows) {
      INFO(line.name);
      CHECK(outcome({}, line.action, start + line.after_start) == "=");
    }
  }
}

}  // namespace orderflow
