#include "domain/order/pending_effects.hpp"

#include "base/overloaded.hpp"

namespace orderflow {
namespace {

void add_stock_effects(const order& now, std::vector<effect>& list) {
  if (now.stock == stock_status::requested) list.emplace_back(reserve_stock{now.round});
  if (now.stock == stock_status::releasing) list.emplace_back(release_stock{now.round, now.stock_was_held});
  // A late round may have been given back before and be reported again: the inventory has to look.
  for (auto round : now.late_rounds) list.emplace_back(release_stock{round, false});
  const auto left_the_house = now.status == order_status::shipped || now.status == order_status::delivered;
  if (left_the_house && now.stock == stock_status::held) list.emplace_back(consume_stock{now.round});
}

}  // namespace

std::vector<effect> pending_effects(const order& now) {
  std::vector<effect> list;
  add_stock_effects(now, list);
  if (now.status == order_status::payment_processing) list.emplace_back(charge_payment{now.current_attempt()});
  for (uint32_t at = 0; at < now.attempts.size(); ++at)
    if (now.attempts[at].asked_about) list.emplace_back(ask_about_charge{at + 1});
  for (uint32_t at = 0; at < now.refunds.size(); ++at)
    if (now.refunds[at].status == refund_status::started) list.emplace_back(refund_payment{at + 1});
  if (now.shipment.status == shipment_status::requested) list.emplace_back(book_carrier{});
  if (owes_its_cart(now)) list.emplace_back(settle_cart_of_order{});
  return list;
}

bool is_internal(const effect& what) {
  return std::visit(overloaded{
                        [](const reserve_stock&) { return true; },
                        [](const release_stock&) { return true; },
                        [](const consume_stock&) { return true; },
                        [](const charge_payment&) { return false; },
                        [](const refund_payment&) { return false; },
                        [](const book_carrier&) { return false; },
                        [](const settle_cart_of_order&) { return false; },
                        [](const ask_about_charge&) { return false; },
                    },
                    what);
}

std::string key_of(order_id id, const effect& what) {
  const auto key = [&](const char* verb, uint32_t number) {
    return verb + std::to_string(id.value) + '/' + std::to_string(number);
  };
  return std::visit(overloaded{
                        [&](const reserve_stock& e) { return key("reserve/", e.round); },
                        [&](const release_stock& e) { return key("release/", e.round); },
                        [&](const consume_stock& e) { return key("consume/", e.round); },
                        [&](const charge_payment& e) { return key("charge/", e.attempt); },
                        [&](const refund_payment& e) { return key("refund/", e.number); },
                        [&](const book_carrier&) { return "ship/" + std::to_string(id.value); },
                        [&](const ask_about_charge& e) { return key("charge/", e.attempt); },
                        [&](const settle_cart_of_order&) { return "cart/" + std::to_string(id.value); },
                    },
                    what);
}

}  // namespace orderflow
