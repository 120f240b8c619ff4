#include "bench/stock.hpp"

#include <algorithm>
#include <stdexcept>

#include "bench/records.hpp"
#include "bench/verify.hpp"
#include "bench/wait_for.hpp"

namespace orderflow::bench {
namespace {

void put(blocking_client& server, const std::string& target, const std::string& body) {
  const auto reply = server.put(target, body);
  if (reply.status / 100 != 2)
    throw std::runtime_error{"PUT " + target + " answered " + std::to_string(reply.status) + ": " + reply.body};
}

stock_sums expected_after(const scenario& what, const stock_sums& before) {
  stock_sums after = before;
  for (const auto& order : what.told()) {
    const auto end = ending_of(order.now);
    if (end.holds_stock) after.reserved += what.terms().units;
    if (end.consumed_stock) after.on_hand -= what.terms().units;
  }
  return after;
}

}  // namespace

void set_up_products(blocking_client& server, const std::vector<sold_product>& products) {
  for (const auto& each : products) {
    put(server, "/dev/products/" + each.id,
        R"({"name":"Load","price":)" + each.price + R"(,"currency":")" + each.currency + R"("})");
    put(server, "/dev/stock/" + each.id, R"({"on_hand":)" + std::to_string(each.on_hand) + "}");
  }
}

std::optional<stock_sums> count_stock(blocking_client& server, const std::vector<sold_product>& products) {
  if (products.empty()) return std::nullopt;
  stock_sums sums;
  for (const auto& each : products) {
    const auto reply = server.get("/api/v1/stock/" + each.id);
    if (reply.status != 200) return std::nullopt;
    const auto level = read_record(reply.body);
    sums.on_hand += std::stoll(member(level, "on_hand"));
    sums.reserved += std::stoll(member(level, "reserved"));
  }
  return sums;
}

void check_stock(blocking_client& server, const scenario& what, const stock_sums& before) {
  const stock_sums wanted = expected_after(what, before);
  stock_sums now;
  const bool fits = wait_until([&] {
    now = count_stock(server, what.terms().products).value_or(stock_sums{});
    return now.on_hand == wanted.on_hand && now.reserved == wanted.reserved;
  });
  const auto told = [](const stock_sums& sums) {
    return std::to_string(sums.on_hand) + " on hand and " + std::to_string(sums.reserved) + " reserved";
  };
  if (!fits) throw std::runtime_error{"the stock has " + told(now) + ", the orders add up to " + told(wanted)};
  const bool refused =
      std::any_of(what.told().begin(), what.told().end(), [](const told_order& order) { return order.now == outcome::sold_out; });
  if (refused && now.reserved < now.on_hand)
    throw std::runtime_error{"orders were refused as sold out although " + std::to_string(now.on_hand - now.reserved) +
                             " pieces are left"};
}

}  // namespace orderflow::bench
