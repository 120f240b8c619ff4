#include "gateways/sandbox_payment_records.hpp"

#include <algorithm>

namespace orderflow {

namespace {

template <class List>
auto with_key(List& list, const std::string& key) {
  return std::find_if(list.begin(), list.end(), [&](const auto& one) { return one.key == key; });
}

}  // namespace

sandbox_payment_records::sandbox_payment_records(const std::vector<ledger_entry>& ledger) {
  for (const auto& entry : ledger) read(entry);
}

void sandbox_payment_records::read(const ledger_entry& entry) {
  const auto money = find_currency(entry.money).value_or(currency{});
  if (entry.kind == "charge") return begin({entry.key, entry.order, entry.amount, money, entry.method}, entry.at);
  if (entry.kind == "capture")
    return note(entry.order, {entry.key, charge_status::captured, entry.transaction, entry.amount, {}}, entry.at);
  if (entry.kind == "decline") {
    const auto reason = entry.method == "never" ? "declined" : entry.method;
    return note(entry.order, {entry.key, charge_status::declined, {}, 0, reason}, entry.at);
  }
  const bool settled = entry.kind == "refund";
  const auto so_far = accounts_[entry.order].refunded + (settled ? entry.amount : 0);
  note({entry.key, entry.order, entry.amount, money},
       {entry.key, settled ? refund_answer_status::settled : refund_answer_status::refused, so_far, {}}, entry.at);
}

const sandbox_payment_records::account* sandbox_payment_records::find(order_id order) const {
  const auto found = accounts_.find(order);
  return found == accounts_.end() ? nullptr : &found->second;
}

void sandbox_payment_records::begin(const charge_request& request, timestamp at) {
  auto& to = accounts_[request.order];
  const auto known =
      std::find_if(to.attempts.begin(), to.attempts.end(), [&](const attempt& one) { return one.told.key == request.key; });
  if (known != to.attempts.end()) {
    known->made = true;
    return;
  }
  to.money = request.money;
  to.amount = request.amount;
  attempt fresh;
  fresh.told.number = static_cast<uint32_t>(to.attempts.size() + 1);
  fresh.told.key = request.key;
  fresh.told.at = at;
  to.attempts.push_back(std::move(fresh));
}

void sandbox_payment_records::note(order_id order, const charge_answer& answer, timestamp at) {
  const auto found = accounts_.find(order);
  if (found == accounts_.end()) return;
  for (auto& one : found->second.attempts) {
    // A decline may be followed by a capture all the same; what is captured stays so.
    const bool open = one.told.status == payment_state_word::processing ||
                      (one.told.status == payment_state_word::failed && answer.status == charge_status::captured);
    if (one.told.key != answer.key || !open) continue;
    one.made = answer.status != charge_status::not_found;
    if (answer.status == charge_status::captured) {
      one.told.status = payment_state_word::completed;
      one.told.amount = answer.amount;
      one.told.transaction = answer.transaction;
      one.told.reason.clear();
      one.told.at = at;
    } else if (answer.status == charge_status::declined) {
      one.told.status = payment_state_word::failed;
      one.told.reason = answer.reason;
      one.told.at = at;
    }
  }
}

void sandbox_payment_records::note(const refund_request& request, const refund_answer& answer, timestamp at) {
  auto& to = accounts_[request.order];
  to.refunded = std::max(to.refunded, answer.cumulative);
  if (answer.status == refund_answer_status::failed || with_key(to.refunds, request.key) != to.refunds.end()) return;
  const bool settled = answer.status == refund_answer_status::settled;
  to.refunds.push_back({static_cast<uint32_t>(to.refunds.size() + 1), request.amount,
                        settled ? refund_state_word::settled : refund_state_word::refused, at, request.key});
}

std::vector<std::string> sandbox_payment_records::open_charges(order_id order) const {
  std::vector<std::string> keys;
  const auto* of = find(order);
  if (of == nullptr) return keys;
  for (const auto& one : of->attempts)
    if (one.told.status == payment_state_word::processing) keys.push_back(one.told.key);
  return keys;
}

std::string sandbox_payment_records::next_charge(order_id order) const {
  const auto* of = find(order);
  const auto prefix = "charge/" + std::to_string(order.value) + "/";
  if (of == nullptr || of->attempts.empty()) return prefix + "1";
  const auto& last = of->attempts.back().told;
  return last.status == payment_state_word::failed ? prefix + std::to_string(of->attempts.size() + 1) : last.key;
}

std::string sandbox_payment_records::next_refund(order_id order) const {
  const auto* of = find(order);
  const auto number = of == nullptr ? 1 : of->refunds.size() + 1;
  return "refund/" + std::to_string(order.value) + "/unkeyed/" + std::to_string(number);
}

std::optional<told_payment> sandbox_payment_records::payment_of(order_id order) const {
  const auto* of = find(order);
  if (of == nullptr) return std::nullopt;
  told_payment made;
  made.id = order.value;
  made.order = order;
  made.amount = of->amount;
  made.money = of->money;
  made.refunded = of->refunded;
  made.refunds = of->refunds;
  for (const auto& one : of->attempts)
    if (one.made) made.attempts.push_back(one.told);
  if (made.attempts.empty()) return std::nullopt;
  const auto& last = made.attempts.back();
  made.status = last.status;
  made.transaction = last.transaction;
  made.created_at = made.attempts.front().at;
  const bool all_back = last.status == payment_state_word::completed && left(order) == 0;
  if (all_back) made.status = payment_state_word::refunded;
  return made;
}

minor_units sandbox_payment_records::left(order_id order) const {
  const auto* of = find(order);
  if (of == nullptr) return 0;
  minor_units captured = 0;
  for (const auto& one : of->attempts) captured = checked_add(captured, one.told.amount.value_or(0)).value_or(captured);
  return captured - of->refunded;
}

}  // namespace orderflow
