#include "tests/domain/order/walk.hpp"

#include <algorithm>
#include <type_traits>

#include "base/overloaded.hpp"
#include "domain/order/allowed.hpp"
#include "domain/order/attention.hpp"
#include "domain/order/deadline.hpp"

namespace orderflow::walking {
namespace {

/// Words with a blank between them.
class key_text {
 public:
  template <class T>
  key_text& add(const T& part) {
    if constexpr (std::is_convertible_v<T, std::string_view>)
      text_ += part;
    else if constexpr (std::is_enum_v<T>)
      text_ += std::to_string(static_cast<int>(part));
    else
      text_ += std::to_string(part);
    text_ += ' ';
    return *this;
  }
  template <class... Ts>
  key_text& all(const Ts&... parts) {
    (add(parts), ...);
    return *this;
  }
  std::string text() && { return std::move(text_); }

 private:
  std::string text_;
};

/// All that came is either kept for the order or has gone back, and nobody is asked for anything.
bool is_at_its_end(const order& now) {
  const auto over = now.status == order_status::delivered || now.status == order_status::cancelled;
  return over && pending_effects(now).empty() && pending_refund(now) == 0 && attention_of(now).empty();
}

/// Whoever is asked may never answer. Then a person who finds out must be able to say how it stands, whichever way that is.
bool a_person_can_end(const order& now, const effect& what) {
  const auto allowed = [&](const order_action& word) { return is_allowed(now, {word, now.updated_at}); };
  return std::visit(
      overloaded{[](const reserve_stock&) { return true; }, [](const release_stock&) { return true; },
                 [](const consume_stock&) { return true; }, [](const settle_cart_of_order&) { return true; },
                 // A person has, and the order waits for nothing of it.
                 [](const ask_about_charge&) { return true; },
                 [&](const charge_payment&) {
                   return allowed(resolve_attempt{{}, "seen", "op"}) && allowed(resolve_attempt{"unheard of", "seen", "op"});
                 },
                 [&](const refund_payment& one) {
                   return allowed(resolve_refund{one.number, true, "seen", "op"}) &&
                          allowed(resolve_refund{one.number, false, "seen", "op"});
                 },
                 [&](const book_carrier&) {
                   return allowed(resolve_shipment{"seen", "op"});
                 }},
      what);
}

}  // namespace

std::string key_of_state(const order& now) {
  key_text key;
  key.all(now.status, now.reason, now.from_cart, now.decline_cancels, now.total, now.stock, now.round, now.stock_was_held);
  key.all(now.requested_method.value_or("-"), now.accepted, now.early_capture, now.granted, now.refunded_by_gateway,
          now.invoiced);
  key.all(now.shipment.status, now.cancel_requested, now.expiry_requested, now.cancelled_because, now.needs_operator,
          now.cart.has_value());
  key.all(now.cart_settled);
  for (const auto& one : now.attempts) key.all("a", one.status, one.transaction, one.asked_about);
  for (const auto& one : now.refunds) key.all("r", one.status, one.amount);
  for (const auto& one : now.unmatched) key.all("s", one.transaction, one.amount, one.attempt, one.why);
  for (const auto& one : now.external_refunds) key.all("o", one.amount);
  for (const auto& one : now.foreign_captures) key.all("f", one.transaction, one.amount, one.attempt);
  for (const auto& one : now.matters) key.all("m", one.number, one.reason, one.detail, one.amount, one.about);
  for (const auto round : now.late_rounds) key.all("l", round);
  key.all(now.last_matter, now.tracks_stock());
  return std::move(key).text();
}

order decided(const order& now, const order_action& action, timestamp at) {
  const auto said = decide(now, {action, at});
  return said.after ? *said.after : now;
}
std::string what_is_stuck(const order& now) {
  if (!now.exists()) return {};
  const auto allowed = allowed_commands(now);
  const auto is_allowed_now = [&](std::string_view name) { return std::ranges::find(allowed, name) != allowed.end(); };
  const auto matters = attention_of(now);
  if ((now.needs_operator != operator_reason::none) != !matters.empty()) return "needs_operator and attention differ";
  for (const auto& one : matters)
    if (std::ranges::none_of(one.resolved_by, is_allowed_now)) return "a matter without a command that resolves it";
  for (const auto& what : pending_effects(now))
    if (!a_person_can_end(now, what)) return "nobody may ever answer, and no command ends it: " + given::text_of(what);
  if (is_at_its_end(now) || !pending_effects(now).empty() || next_deadline(now) || !allowed.empty()) return {};
  return "nothing is under way and nothing is allowed";
}

bool is_small(const order& now) {
  return now.attempts.size() <= 2 && now.unmatched.size() <= 1 && now.refunds.size() <= 2 && now.external_refunds.size() <= 1 &&
         now.foreign_captures.size() <= 1 && now.last_matter <= 2 && now.round <= 1 && now.former.empty();
}

}  // namespace orderflow::walking
