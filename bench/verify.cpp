#include "bench/verify.hpp"

#include <poll.h>

#include <algorithm>
#include <stdexcept>
#include <thread>
#include <unordered_map>

#include "bench/records.hpp"

namespace orderflow::bench {
namespace {

constexpr std::chrono::seconds backlog_patience{60};

// What every order of a plan costs: 2 × 89800 of the customer's document, or two products of 500.
std::string total_of(const load_plan& plan) { return plan.tracked ? "1000" : "179600"; }

// "179600.0" and "179600" are the same amount of yen.
std::string whole_yen(const std::string& text) { return text.substr(0, text.find('.')); }

const std::string& member(const flat_record& record, std::string_view name) {
  const auto found = record.find(name);
  if (found == record.end()) throw std::runtime_error{"a record without '" + std::string{name} + "'"};
  return found->second;
}

http_reply get_ok(blocking_client& server, const std::string& target) {
  http_reply reply = server.get(target);
  if (reply.status != 200)
    throw std::runtime_error{"GET " + target + " answered " + std::to_string(reply.status) + ": " + reply.body};
  return reply;
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

bool any_with_status(blocking_client& server, const load_plan& plan, const std::string& status) {
  const auto reply = get_ok(server, "/api/v1/orders/?limit=1&customer_email=" + plan.customer + "&status=" + status);
  bool any = false;
  for_each_record(reply.body, [&](const flat_record&) { any = true; });
  return any;
}

std::chrono::milliseconds wait_for_backlog(blocking_client& server, const load_plan& plan) {
  const auto from = std::chrono::steady_clock::now();
  while (any_with_status(server, plan, "payment_processing") || any_with_status(server, plan, "pending")) {
    if (std::chrono::steady_clock::now() - from > backlog_patience)
      throw std::runtime_error{"orders are still unpaid a minute after the end of the load"};
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
  }
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - from);
}

void check_listed(const flat_record& record, const load_plan& plan) {
  const std::string wanted = plan.what == scenario::create ? "pending" : "paid";
  const std::string& id = member(record, "id");
  if (member(record, "status") != wanted)
    throw std::runtime_error{"order " + id + " is " + member(record, "status") + ", not " + wanted};
  if (whole_yen(member(record, "total_amount")) != total_of(plan))
    throw std::runtime_error{"order " + id + " has the total " + member(record, "total_amount")};
}

// Sorted ids of all orders of this run's customer.
std::vector<int64_t> listed_orders(blocking_client& server, const load_plan& plan) {
  std::vector<int64_t> ids;
  std::string target = "/api/v1/orders/?limit=1000&customer_email=" + plan.customer;
  while (!target.empty()) {
    const auto page = get_ok(server, target);
    for_each_record(page.body, [&](const flat_record& record) {
      check_listed(record, plan);
      ids.push_back(std::stoll(member(record, "id")));
    });
    target = next_page(page);
  }
  std::sort(ids.begin(), ids.end());
  return ids;
}

void check_orders(std::vector<int64_t> told, const std::vector<int64_t>& listed) {
  std::sort(told.begin(), told.end());
  if (const auto twice = std::adjacent_find(told.begin(), told.end()); twice != told.end())
    throw std::runtime_error{"order " + std::to_string(*twice) + " was given to two requests"};
  std::vector<int64_t> lost;
  std::set_difference(told.begin(), told.end(), listed.begin(), listed.end(), std::back_inserter(lost));
  if (!lost.empty())
    throw std::runtime_error{std::to_string(lost.size()) + " acknowledged orders are lost, the first is " +
                             std::to_string(lost.front())};
  if (listed.size() != told.size())
    throw std::runtime_error{std::to_string(listed.size()) + " orders are listed, " + std::to_string(told.size()) +
                             " were acknowledged"};
}

uint64_t check_ledger(blocking_client& server, const load_plan& plan, const std::vector<int64_t>& orders) {
  std::unordered_map<int64_t, int> captures;
  captures.reserve(orders.size());
  for (const int64_t id : orders) captures.emplace(id, 0);
  uint64_t sum = 0;
  for_each_record(get_ok(server, "/dev/gateway/ledger").body, [&](const flat_record& record) {
    if (member(record, "kind") != "capture") return;
    const auto found = captures.find(std::stoll(member(record, "order_id")));
    if (found == captures.end()) return;  // not of this run
    if (member(record, "amount_minor") != total_of(plan))
      throw std::runtime_error{"order " + member(record, "order_id") + " was charged " + member(record, "amount")};
    ++found->second;
    ++sum;
  });
  const int wanted = plan.what == scenario::create ? 0 : 1;
  for (const auto& [id, count] : captures)
    if (count != wanted)
      throw std::runtime_error{"order " + std::to_string(id) + " was captured " + std::to_string(count) + " times"};
  return sum;
}

}  // namespace

void set_up_products(blocking_client& server) {
  for (unsigned i = 0; i < tracked_products; ++i) {
    const std::string id = tracked_product(i);
    const auto product = server.put("/dev/products/" + id, R"({"name":"Load","price":500,"currency":"JPY"})");
    const auto stock = server.put("/dev/stock/" + id, R"({"on_hand":1000000000})");
    for (const http_reply& reply : {product, stock})
      if (reply.status / 100 != 2)
        throw std::runtime_error{"product " + id + " could not be set up: " + std::to_string(reply.status) + " " + reply.body};
  }
}

verified_counts verify(blocking_client& server, const load_plan& plan, const load_report& report) {
  verified_counts counts;
  if (report.acknowledged.empty()) throw std::runtime_error{"no order was acknowledged"};
  if (plan.what == scenario::accepted) counts.backlog = wait_for_backlog(server, plan);
  const auto listed = listed_orders(server, plan);
  check_orders(report.acknowledged, listed);
  counts.orders = listed.size();
  counts.captures = check_ledger(server, plan, listed);
  return counts;
}

}  // namespace orderflow::bench
