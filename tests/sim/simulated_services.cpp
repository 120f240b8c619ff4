#include "tests/sim/simulated_services.hpp"

#include <algorithm>
#include <utility>

namespace orderflow::test {

// -- payments ----------------------------------------------------------------------------------------------------------

void scripted_gateway::say(std::function<void()> answer) {
  if (holds_answers)
    held_.push_back(std::move(answer));
  else
    answer();
}

void scripted_gateway::answer_held() {
  for (auto& answer : std::exchange(held_, {})) answer();
}

void scripted_gateway::answer_held(size_t place) {
  auto answer = std::move(held_.at(place));
  held_.erase(held_.begin() + static_cast<std::ptrdiff_t>(place));
  answer();
}

void scripted_gateway::book_capture(const std::string& key, order_id order, minor_units amount) {
  ledger_.push_back({ledger_kind::capture, key, order, amount});
  charges_[key] = {charge_status::captured, "txn-" + std::to_string(ledger_.size()), amount, order};
}

void scripted_gateway::book_decline(const std::string& key, order_id order) {
  ledger_.push_back({ledger_kind::decline, key, order, 0});
  charges_[key] = {charge_status::declined, {}, 0, order};
}

charge_answer scripted_gateway::answer_of(const std::string& key) const {
  auto found = charges_.find(key);
  if (found == charges_.end()) return {key, charge_status::not_found, {}, 0, {}};
  const auto& one = found->second;
  charge_answer answer{key, one.status, one.transaction, one.amount,
                       one.status == charge_status::declined ? "insufficient_funds" : ""};
  if (one.in_other_currency) answer.money = currency{{'J', 'P', 'Y'}};
  return answer;
}

void scripted_gateway::charge(const charge_request& request, std::function<void(charge_answer)> answered) {
  ++charges_asked;
  if (mute) return;
  if (down) return say([=] { answered({request.key, charge_status::failed, {}, 0, "down"}); });
  auto tries = ++tries_[request.key];
  // Without honoured keys a charge that is sent twice takes the money twice: the ledger shows it.
  auto known = charges_.contains(request.key) && keys_are_honoured;
  if (!known) {
    const auto& method = request.method;
    if (method == "lost_request" && tries == 1) return;
    if (method == "unreachable" && tries <= 3) {
      charge_answer unsent{request.key, charge_status::failed, {}, 0, "refused"};
      unsent.unsent = true;
      return say([=] { answered(unsent); });
    }
    if (method == "error" && tries <= 3) return say([=] { answered({request.key, charge_status::failed, {}, 0, "500"}); });
    if (method == "declined")
      book_decline(request.key, request.order);
    else if (method == "in_progress")
      charges_[request.key] = {charge_status::in_progress, {}, request.amount, request.order};
    else
      book_capture(request.key, request.order, request.amount + (method == "wrong_amount" ? 1 : 0));
    charges_[request.key].in_other_currency = method == "other_currency";
    if (method == "lost_reply") return;
  }
  auto answer = answer_of(request.key);
  if (!known && request.method == "told_wrong") --answer.amount;
  say([=] { answered(answer); });
}

void scripted_gateway::query(const std::string& key, order_id, std::function<void(charge_answer)> answered) {
  ++queries_asked;
  if (mute) return;
  if (down) return say([=] { answered({key, charge_status::failed, {}, 0, "down"}); });
  say([=, answer = answer_of(key)] { answered(answer); });
}

void scripted_gateway::refund(const refund_request& request, std::function<void(refund_answer)> answered) {
  ++refunds_asked;
  if (mute) return;
  if (down) return say([=] { answered({request.key, refund_answer_status::failed, 0, "down"}); });
  if (loses_refunds) return;
  // Without honoured keys it shows sums only, and what may have been sent is asked about.
  if (request.again && !keys_are_honoured)
    return say([=, total = refunded(request.order)] {
      const auto made = total >= request.settled_from;
      answered({request.key, made ? refund_answer_status::settled : refund_answer_status::not_shown, total, "not shown"});
    });
  if (drops_refunds) return say([=] { answered({request.key, refund_answer_status::failed, 0, "error 503"}); });
  const auto known = refund_keys_.contains(request.key);
  const auto too_much = !known && captured(request.order) - refunded(request.order) < request.amount;
  if (refuses_refunds || too_much)
    return say([=, total = refunded(request.order)] {
      answered({request.key, refund_answer_status::refused, total, "more_than_captured"});
    });
  if (refund_keys_.insert(request.key).second)
    ledger_.push_back({ledger_kind::refund, request.key, request.order, request.amount});
  say([=, total = refunded(request.order)] { answered({request.key, refund_answer_status::settled, total, {}}); });
}

void scripted_gateway::refunded(order_id order, std::function<void(refund_answer)> answered) {
  if (mute) return;
  if (down) return say([=] { answered({{}, refund_answer_status::failed, 0, "down"}); });
  say([=, total = refunded(order)] { answered({{}, refund_answer_status::told, total, {}}); });
}

void scripted_gateway::store_card(const card_details& card, std::function<void(card_answer)> answered) {
  if (mute) return;
  if (down) return say([=] { answered({card_status::failed, {}, "down"}); });
  const auto& number = card.number.reveal();
  if (!number.ends_with("4242")) return say([=] { answered({card_status::refused, {}, "card_unknown"}); });
  const stored_method method{"ok",   card.first_name, card.last_name,    number.substr(0, 6),
                             "4242", "visa",          card.expiry_month, card.expiry_year};
  say([=] { answered({card_status::stored, method, {}}); });
}

void scripted_gateway::method_of(const std::string& customer, std::function<void(card_answer)> answered) {
  if (mute) return;
  if (down) return say([=] { answered({card_status::failed, {}, "down"}); });
  if (customer == "nobody") return say([=] { answered({card_status::refused, {}, "no_method_on_file"}); });
  say([=] { answered({card_status::stored, {"ok", "Bob", "Norman", "424242", "4242", "visa", 9, 2024}, {}}); });
}

void scripted_gateway::settle(const std::string& key, bool captured) {
  auto one = charges_.at(key);
  if (captured)
    book_capture(key, one.order, one.amount);
  else
    book_decline(key, one.order);
  if (report_) report_(one.order, answer_of(key));
}

void scripted_gateway::capture_late(order_id order, const std::string& key, minor_units amount) {
  book_capture(key, order, amount);
  if (report_) report_(order, answer_of(key));
}

void scripted_gateway::report_again() {
  for (const auto& [key, one] : charges_)
    if (report_ && one.status != charge_status::in_progress) report_(one.order, answer_of(key));
}

std::vector<std::string> scripted_gateway::in_progress() const {
  std::vector<std::string> keys;
  for (const auto& [key, one] : charges_)
    if (one.status == charge_status::in_progress) keys.push_back(key);
  return keys;
}

void scripted_gateway::external_refund(order_id order, minor_units amount) {
  ledger_.push_back({ledger_kind::refund, "outside", order, amount});
}

size_t scripted_gateway::count(ledger_kind kind, const std::string& key) const {
  return static_cast<size_t>(
      std::ranges::count_if(ledger_, [&](const ledger_line& one) { return one.kind == kind && one.key == key; }));
}

minor_units scripted_gateway::sum(ledger_kind kind, order_id order) const {
  minor_units total = 0;
  for (const auto& one : ledger_)
    if (one.kind == kind && one.order == order) total += one.amount;
  return total;
}

// -- parcels -----------------------------------------------------------------------------------------------------------

void scripted_carrier::book(const booking_request& request, std::function<void(booking_answer)> answered) {
  ++asked;
  auto say = [&](booking_answer answer) {
    if (holds_answers)
      held_.emplace_back([=] { answered(answer); });
    else
      answered(answer);
  };
  if (failing > 0) {
    --failing;
    return say({booking_status::failed, {}, "busy"});
  }
  if (refuses) return say({booking_status::refused, {}, "no such address"});
  auto [shipment, fresh] = shipments.try_emplace(request.key, std::to_string(10'000'000 + shipments.size()));
  if (silent > 0) {
    --silent;
    return;
  }
  say({booking_status::booked, shipment->second, {}});
}

void scripted_carrier::answer_held() {
  for (auto& answer : std::exchange(held_, {})) answer();
}

// -- mail --------------------------------------------------------------------------------------------------------------

std::string scripted_mailer::deliver(const outgoing_message& message) {
  ++asked;
  if (!undeliverable.empty() && message.recipient == undeliverable) return "there is no such mailbox";
  if (failing > 0) {
    --failing;
    return "the mail server is away";
  }
  sent.push_back(message);
  if (after_delivery) after_delivery();
  return {};
}

size_t scripted_mailer::count(const std::string& subject_part) const {
  auto fits = [&](const outgoing_message& one) { return one.subject.find(subject_part) != std::string::npos; };
  return static_cast<size_t>(std::ranges::count_if(sent, fits));
}

}  // namespace orderflow::test
