#include "http/api/common/waiting.hpp"

#include <algorithm>

#include "domain/order/attention.hpp"
#include "domain/order/deadline.hpp"
#include "domain/order/pending_effects.hpp"

namespace orderflow {

namespace {

struct reason {
  std::string_view what;
  timestamp since{};
};

std::optional<reason> pending_reason_of(const order& now) {
  switch (now.reason) {
    case pending_reason::awaiting_checkout: return reason{"checkout", now.updated_at};
    case pending_reason::awaiting_stock: return reason{"stock", now.placed_at};
    case pending_reason::awaiting_payment: return reason{"payment", now.updated_at};
  }
  return std::nullopt;
}

std::optional<reason> money_or_stock_going_back(const order& now) {
  for (const auto& back : now.refunds) {
    if (back.status == refund_status::started) return reason{"refund", back.started_at};
  }
  if (now.stock == stock_status::releasing) return reason{"stock_release", now.updated_at};
  return std::nullopt;
}

std::optional<reason> reason_of(const order& now) {
  if (const auto matters = attention_of(now); !matters.empty()) return reason{"operator", matters.front().matter.since};
  switch (now.status) {
    case order_status::pending: return pending_reason_of(now);
    case order_status::payment_processing: {
      const auto& attempt = now.attempts.back();
      return reason{attempt.status == attempt_status::unknown ? "payment_outcome" : "payment_gateway", attempt.started_at};
    }
    case order_status::paid: {
      if (now.shipment.status == shipment_status::requested) return reason{"carrier", now.updated_at};
      if (const auto back = money_or_stock_going_back(now)) return back;
      return reason{"shipping", now.paid_at};
    }
    case order_status::shipped: return reason{"delivery", now.updated_at};
    case order_status::delivered:
    case order_status::cancelled: return money_or_stock_going_back(now);
  }
  return std::nullopt;
}

void write_time(json_writer& out, std::string_view name, const std::optional<timestamp>& at) {
  out.key(name);
  if (at) {
    out.string(to_rfc3339(to_ms(*at)));
  } else {
    out.null();
  }
}

}  // namespace

std::optional<wait_note> waiting_for(const order& now, const effect_progress* busy) {
  const auto why = reason_of(now);
  if (!why) return std::nullopt;
  wait_note note{why->what, why->since, 0, std::nullopt, std::nullopt};
  if (const auto next = next_deadline(now)) note.deadline = next->at;
  const auto effects = pending_effects(now);
  // A charge that an operator has settled is still asked about, and nothing waits for that.
  const bool still_pending = busy != nullptr && std::any_of(effects.begin(), effects.end(), [&](const effect& each) {
                               return key_of(now.id, each) == busy->key && !std::holds_alternative<ask_about_charge>(each);
                             });
  if (still_pending) {
    note.attempts = busy->tries;
    if (busy->next_try_at != timestamp{}) note.next_attempt_at = busy->next_try_at;
  }
  return note;
}

void write_waiting(json_writer& out, const std::optional<wait_note>& note) {
  if (!note) {
    out.null();
    return;
  }
  out.begin_object();
  out.key("what").string(note->what);
  out.key("since").string(to_rfc3339(to_ms(note->since)));
  out.key("attempts").integer(note->attempts);
  write_time(out, "next_attempt_at", note->next_attempt_at);
  write_time(out, "deadline", note->deadline);
  out.end_object();
}

}  // namespace orderflow
