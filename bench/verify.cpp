#include "bench/verify.hpp"

#include <algorithm>
#include <stdexcept>
#include <unordered_map>
#include <utility>

#include "bench/records.hpp"
#include "bench/wait_for.hpp"

namespace orderflow::bench {
namespace {

struct order_check {
  outcome told = outcome::pending;
  bool listed = false;
  int captures = 0;
  int refunds = 0;
};
using orders_by_id = std::unordered_map<int64_t, order_check>;

// "179600.0" and "179600" are the same amount of yen.
std::string without_empty_fraction(const std::string& text) {
  return text.ends_with(".0") ? text.substr(0, text.size() - 2) : text;
}

// A server that has just been under load may still be too busy to be read: that is no answer yet.
http_reply get_ok(blocking_client& server, const std::string& target, const std::string& headers = {}) {
  http_reply reply;
  static_cast<void>(wait_until([&] {
    reply = server.get(target, headers);
    return reply.status != 503;
  }));
  if (reply.status != 200)
    throw std::runtime_error{"GET " + target + " answered " + std::to_string(reply.status) + ": " + reply.body};
  return reply;
}

std::string list_target(const order_terms& terms, const std::string& more) {
  return "/api/v1/orders/?" + more + (terms.list_query.empty() ? "" : "&" + terms.list_query);
}

// The target of `Link: <…>; rel="next"`, without scheme and host; empty on the last page.
std::string next_page(const http_reply& reply) {
  const std::string_view link = header_of(reply.head, "link");
  const size_t relation = link.find("rel=\"next\"");
  const size_t close = link.rfind('>', relation);
  const size_t open = link.rfind('<', close);
  if (relation == std::string_view::npos || open == std::string_view::npos) return {};
  std::string target{link.substr(open + 1, close - open - 1)};
  if (target.starts_with("http://")) target.erase(0, target.find('/', 7));
  return target;
}

bool any_with_status(blocking_client& server, const order_terms& terms, const std::string& status) {
  const auto reply = get_ok(server, list_target(terms, "limit=1&status=" + status), terms.list_headers);
  bool any = false;
  for_each_record(reply.body, [&](const flat_record&) { any = true; });
  return any;
}

orders_by_id told_by_id(const scenario& what) {
  if (what.told().empty()) throw std::runtime_error{"no order was acknowledged"};
  orders_by_id orders;
  orders.reserve(what.told().size());
  for (const auto& each : what.told())
    if (!orders.emplace(each.id, order_check{each.now}).second)
      throw std::runtime_error{"order " + std::to_string(each.id) + " was given to two requests"};
  return orders;
}

void check_listed(const flat_record& record, const order_terms& terms, orders_by_id& orders, uint64_t& untold) {
  const std::string& id = member(record, "id");
  if (without_empty_fraction(member(record, "total_amount")) != terms.listed_total)
    throw std::runtime_error{"order " + id + " has the total " + member(record, "total_amount")};
  const auto found = orders.find(std::stoll(id));
  if (found == orders.end()) {
    ++untold;
    return;
  }
  if (std::exchange(found->second.listed, true)) throw std::runtime_error{"order " + id + " is listed twice"};
  const auto wanted = ending_of(found->second.told).status;
  if (!wanted.empty() && member(record, "status") != wanted)
    throw std::runtime_error{"order " + id + " is " + member(record, "status") + ", not " + std::string{wanted}};
}

void check_list(blocking_client& server, const scenario& what, orders_by_id& orders) {
  uint64_t untold = 0;
  std::string target = list_target(what.terms(), "limit=1000");
  while (!target.empty()) {
    const auto page = get_ok(server, target, what.terms().list_headers);
    for_each_record(page.body, [&](const flat_record& record) { check_listed(record, what.terms(), orders, untold); });
    target = next_page(page);
  }
  const auto is_lost = [](const auto& each) { return !each.second.listed; };
  if (const auto lost = std::count_if(orders.begin(), orders.end(), is_lost); lost > 0)
    throw std::runtime_error{std::to_string(lost) + " acknowledged orders are lost, one of them is " +
                             std::to_string(std::find_if(orders.begin(), orders.end(), is_lost)->first)};
  if (untold > what.untold())
    throw std::runtime_error{std::to_string(orders.size() + untold) + " orders are listed, " + std::to_string(orders.size()) +
                             " were acknowledged"};
}

// False while something is still missing. What is too much or wrong will not come right by waiting.
bool ledger_fits(blocking_client& server, const scenario& what, orders_by_id& orders) {
  for (auto& [id, order] : orders) order.captures = order.refunds = 0;
  for_each_record(get_ok(server, "/dev/gateway/ledger").body, [&](const flat_record& record) {
    const std::string& kind = member(record, "kind");
    if (kind != "capture" && kind != "refund") return;
    const auto found = orders.find(std::stoll(member(record, "order_id")));
    if (found == orders.end()) return;  // not of this run
    if (member(record, "amount_minor") != what.terms().minor_total)
      throw std::runtime_error{"order " + member(record, "order_id") + " has a " + kind + " of " + member(record, "amount")};
    ++(kind == "capture" ? found->second.captures : found->second.refunds);
  });
  bool complete = true;
  for (const auto& [id, order] : orders) {
    const auto wanted = ending_of(order.told);
    if (order.captures > wanted.captures || order.refunds > wanted.refunds)
      throw std::runtime_error{"order " + std::to_string(id) + " was captured " + std::to_string(order.captures) +
                               " times and refunded " + std::to_string(order.refunds) + " times"};
    const bool open_ended = order.told == outcome::uncertain;
    if (!open_ended && (order.captures < wanted.captures || order.refunds < wanted.refunds)) complete = false;
  }
  return complete;
}

void check_ledger(blocking_client& server, const scenario& what, orders_by_id& orders) {
  if (wait_until([&] { return ledger_fits(server, what, orders); })) return;
  for (const auto& [id, order] : orders) {
    const auto wanted = ending_of(order.told);
    if (order.captures < wanted.captures || order.refunds < wanted.refunds)
      throw std::runtime_error{"order " + std::to_string(id) + " was captured " + std::to_string(order.captures) +
                               " times and refunded " + std::to_string(order.refunds) + " times, not " +
                               std::to_string(wanted.captures) + " and " + std::to_string(wanted.refunds)};
  }
}

}  // namespace

ending ending_of(outcome now) {
  switch (now) {
    case outcome::pending: return {"pending", 0, 0, true, false};
    case outcome::paid: return {"paid", 1, 0, true, false};
    case outcome::shipped: return {"shipped", 1, 0, false, true};
    case outcome::cancelled: return {"cancelled", 1, 1, false, false};
    case outcome::sold_out: return {"cancelled", 0, 0, false, false};
    case outcome::uncertain: break;
  }
  return {"", 1, 1, false, false};
}

std::chrono::milliseconds wait_for_backlog(blocking_client& server, const scenario& what) {
  const bool stays_open = std::any_of(what.told().begin(), what.told().end(), [](const told_order& each) {
    return each.now == outcome::pending || each.now == outcome::uncertain;
  });
  const auto from = std::chrono::steady_clock::now();
  const bool settled = wait_until([&] {
    return !any_with_status(server, what.terms(), "payment_processing") &&
           (stays_open || !any_with_status(server, what.terms(), "pending"));
  });
  if (!settled) throw std::runtime_error{"orders are still unpaid a minute after the end of the load"};
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - from);
}

verified_counts verify(blocking_client& server, const scenario& what) {
  orders_by_id orders = told_by_id(what);
  check_list(server, what, orders);
  check_ledger(server, what, orders);
  verified_counts counts;
  counts.orders = orders.size();
  for (const auto& [id, order] : orders) {
    counts.captures += static_cast<uint64_t>(order.captures);
    counts.refunds += static_cast<uint64_t>(order.refunds);
  }
  return counts;
}

}  // namespace orderflow::bench
