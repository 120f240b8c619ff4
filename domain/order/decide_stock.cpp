// What the inventory reports.
#include <algorithm>

#include "domain/order/rules.hpp"

namespace orderflow {
namespace {

bool is_late(const order& now, uint32_t round) { return std::ranges::find(now.late_rounds, round) != now.late_rounds.end(); }

/// Stock that nobody asked for in this state: it goes back, unless that is owed or the stock is in use.
decision give_back(const order& now, uint32_t round) {
  // A round that was never asked for is not ours; to close its key would spoil a later checkout.
  if (round == 0 || round > now.round || is_late(now, round)) return as_before();
  if (round < now.round) return follows(stock_came_late{round});
  switch (now.stock) {
    case stock_status::requested:
    case stock_status::held:
    case stock_status::releasing:
    case stock_status::consumed: return as_before();
    case stock_status::none:
    case stock_status::refused:
    case stock_status::released: return follows(stock_came_late{round});
  }
  ORDERFLOW_UNREACHABLE("stock_status");
}

}  // namespace

decision decide_one(const order& now, const stock_was_reserved& report, timestamp) {
  if (now.stock != stock_status::requested || now.round != report.round) return give_back(now, report.round);
  auto result = follows(stock_held{report.round});
  if (now.early_capture.empty()) {
    begin_payment(now.total, now.requested_method, result.events);
  } else {
    result.events.emplace_back(payment_started{now.requested_method.value_or("external")});
    result.events.emplace_back(payment_captured{now.early_capture, now.accepted});
  }
  return result;
}

decision decide_one(const order& now, const stock_was_refused& report, timestamp) {
  if (now.stock != stock_status::requested || now.round != report.round) return as_before();
  const auto money_is_here = now.accepted > 0;
  if (now.from_cart && !money_is_here) return follows(stock_refused{report.round, true, report.short_of});
  return follows(stock_refused{report.round, false, report.short_of}, order_cancelled{cancel_reason::out_of_stock});
}

decision decide_one(const order& now, const stock_was_released& report, timestamp) {
  const auto releasing = now.stock == stock_status::releasing && now.round == report.round;
  return releasing || is_late(now, report.round) ? follows(stock_released{report.round}) : as_before();
}

decision decide_one(const order& now, const stock_was_consumed& report, timestamp) {
  const auto left_the_house = now.status == order_status::shipped || now.status == order_status::delivered;
  const auto ours = now.stock == stock_status::held && now.round == report.round;
  return left_the_house && ours ? follows(stock_consumed{report.round}) : as_before();
}

}  // namespace orderflow
