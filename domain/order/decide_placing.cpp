// Carts and placing: what an order is made of, and how it begins.
#include "domain/order/rules.hpp"

namespace orderflow {
namespace {

struct checked_lines {
  refusal refused = refusal::none;
  tax_split money{};
};

checked_lines check(const std::vector<order_line>& lines, tax_policy tax) {
  if (lines.empty()) return {refusal::lines_must_not_be_empty};
  if (lines.size() > max_lines) return {refusal::lines_must_not_be_too_many};
  minor_units sum = 0;
  for (const auto& line : lines) {
    if (line.quantity < 1 || line.quantity > max_quantity) return {refusal::quantity_must_be_in_range};
    if (line.unit_price < 0) return {refusal::price_must_not_be_negative};
    const auto price = checked_multiply(line.unit_price, line.quantity);
    const auto total = price ? checked_add(sum, *price) : std::nullopt;
    if (!total) return {refusal::total_must_not_overflow};
    sum = *total;
  }
  const auto split = split_tax(sum, tax);
  return split ? checked_lines{refusal::none, *split} : checked_lines{refusal::total_must_not_overflow};
}

template <class Wish>
bool same_content(const order& now, const Wish& command) {
  return now.lines == command.lines && now.money == command.money && now.who.id == command.who.id &&
         now.source.owner == command.source.owner;
}

/// A second try to make an order that is there.
template <class Wish>
decision made_again(const order& now, const Wish& command, bool same_way) {
  if (!same_way || !same_content(now, command)) return refuse(refusal::order_must_be_new);
  return now.status == order_status::cancelled ? refuse(refusal::order_must_not_be_cancelled) : as_before();
}

bool any_tracked(const std::vector<order_line>& lines) {
  for (const auto& line : lines)
    if (line.tracked) return true;
  return false;
}

/// Nothing to reserve: payment may begin in the same decision.
decision check_out(const order& now, const customer& who, const std::optional<std::string>& pay_with, bool invoiced) {
  const uint32_t round = now.tracks_stock() ? now.round + 1 : 0;
  auto result = follows(cart_checked_out{who, pay_with, round});
  if (invoiced) result.events.emplace_back(invoice_issued{who});
  if (round == 0) begin_payment(now.total, pay_with, result.events);
  return result;
}

}  // namespace

customer merged(customer known, const customer& named) {
  const auto take = [](std::string& into, const std::string& from) {
    if (!from.empty()) into = from;
  };
  take(known.id, named.id);
  take(known.email, named.email);
  take(known.name, named.name);
  take(known.phone, named.phone);
  take(known.address, named.address);
  return known;
}

decision decide_one(const order& now, const open_cart& command, timestamp) {
  if (now.exists()) return made_again(now, command, now.from_cart);
  const auto checked = check(command.lines, command.tax);
  if (checked.refused != refusal::none) return refuse(checked.refused);
  return follows(cart_opened{command.id, command.source, command.who, command.money, command.lines, checked.money.total,
                             command.timers, command.tax, checked.money.tax});
}

decision decide_one(const order& now, const replace_lines& command, timestamp) {
  if (now.status == order_status::cancelled) return refuse(refusal::order_must_not_be_cancelled);
  if (!now.pending_for(pending_reason::awaiting_checkout)) return refuse(refusal::cart_must_be_open);
  const auto checked = check(command.lines, now.tax_policy);
  if (checked.refused != refusal::none) return refuse(checked.refused);
  if (now.lines == command.lines) return as_before();
  return follows(cart_changed{command.lines, checked.money.total, checked.money.tax});
}

decision decide_one(const order& now, const place_order& command, timestamp) {
  if (now.exists()) return made_again(now, command, !now.from_cart);
  const auto checked = check(command.lines, command.tax);
  if (checked.refused != refusal::none) return refuse(checked.refused);
  const uint32_t round = any_tracked(command.lines) ? 1 : 0;
  auto result = follows(order_placed{command.id, command.source, command.who, command.money, command.lines, checked.money.total,
                                     command.timers, command.pay_with, command.decline_cancels, round, command.tax,
                                     checked.money.tax, command.cart});
  if (round == 0) begin_payment(checked.money.total, command.pay_with, result.events);
  return result;
}

decision decide_one(const order& now, const checkout& command, timestamp) {
  switch (stage_of(now)) {
    case stage::awaiting_checkout: return check_out(now, merged(now.who, command.who), command.pay_with, false);
    case stage::cancelled: return refuse(refusal::order_must_not_be_cancelled);
    case stage::nothing:
    case stage::awaiting_stock:
    case stage::awaiting_payment:
    case stage::payment_processing:
    case stage::paid:
    case stage::shipped:
    case stage::delivered: return as_before();
  }
  ORDERFLOW_UNREACHABLE("stage");
}

decision decide_one(const order& now, const issue_invoice& command, timestamp) {
  switch (stage_of(now)) {
    case stage::awaiting_checkout: return check_out(now, merged(now.who, command.who), std::nullopt, true);
    case stage::cancelled: return refuse(refusal::order_must_not_be_cancelled);
    case stage::nothing: return as_before();
    case stage::awaiting_stock:
    case stage::awaiting_payment:
    case stage::payment_processing:
    case stage::paid:
    case stage::shipped:
    case stage::delivered: return now.invoiced ? as_before() : follows(invoice_issued{merged(now.who, command.who)});
  }
  ORDERFLOW_UNREACHABLE("stage");
}

decision decide_one(const order& now, const cart_was_settled&, timestamp) {
  return owes_its_cart(now) ? follows(cart_settled{}) : as_before();
}

}  // namespace orderflow
