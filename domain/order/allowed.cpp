#include "domain/order/allowed.hpp"

#include <algorithm>

#include "domain/order/attention.hpp"
#include "domain/order/usual_method.hpp"

namespace orderflow {
namespace {

constexpr auto why = "asked what is allowed";
constexpr auto nobody = "nobody";

/// What there is to settle, as the order stands. Of a refund that is under way only the gateway can tell, or a person who asks
/// it.
std::vector<std::pair<std::string_view, order_action>> settlements(const order& now) {
  std::vector<std::pair<std::string_view, order_action>> list;
  for (const auto& one : attention_of(now)) {
    const auto& matter = one.matter;
    list.emplace_back("settle_refund", resolve_refund{matter.about, true, why, nobody});
    list.emplace_back("settle_capture", resolve_capture{matter.detail, true, why, nobody});
    list.emplace_back("settle_matter", resolve_matter{matter.number, why, nobody});
  }
  for (uint32_t number = 1; number <= now.refunds.size(); ++number)
    if (now.refunds[number - 1].status == refund_status::started)
      list.emplace_back("settle_refund", resolve_refund{number, true, why, nobody});
  return list;
}

}  // namespace

std::vector<std::string_view> allowed_commands(const order& now) {
  std::vector<std::string_view> names;
  const auto consider = [&](std::string_view name, order_action action) {
    if (std::ranges::find(names, name) != names.end()) return;
    if (is_allowed(now, {std::move(action), now.updated_at})) names.push_back(name);
  };
  consider("checkout", checkout{now.who, std::nullopt});
  consider("pay", pay_order{usual_method(now)});
  consider("cancel", cancel_order{});
  consider("refund", refund_order{});
  consider("ship", ship_order{});
  consider("deliver", deliver_order{});
  consider("settle", resolve_attempt{{}, why, nobody});
  consider("settle_shipment", resolve_shipment{why, nobody});
  for (auto& [name, action] : settlements(now)) consider(name, std::move(action));
  return names;
}

}  // namespace orderflow
