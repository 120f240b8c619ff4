// The reader beside tests/http/memory_bridge.hpp.
#pragma once

#include <algorithm>

#include "base/assert.hpp"
#include "codec/account_json.hpp"
#include "codec/order_json.hpp"
#include "tests/http/memory_bridge.hpp"

namespace orderflow {

/// Lists and histories; nothing else is asked through HTTP.
class memory_reader final : public reader {
 public:
  explicit memory_reader(memory_shop& shop) : shop_(shop) {}

  void begin_snapshot() override {}
  void end_snapshot() override {}
  std::vector<listed_order> list_orders(const order_query& query) override {
    auto rows = matching(query);
    std::ranges::sort(rows, {}, [](const auto& row) { return row.row.place(); });
    if (!query.oldest_first) std::reverse(rows.begin(), rows.end());
    if (query.after) {
      std::erase_if(rows, [&](const auto& row) {
        return query.oldest_first ? row.row.place() <= *query.after : row.row.place() >= *query.after;
      });
    }
    rows.erase(rows.begin(), rows.begin() + std::min<ptrdiff_t>(query.skip, std::ssize(rows)));
    if (rows.size() > query.limit) rows.resize(query.limit);
    return rows;
  }
  uint64_t count_orders(const order_query& query) override { return matching(query).size(); }
  std::vector<journal_event> history(stream_key stream) override {
    std::vector<journal_event> events;
    for (const auto& recorded : shop_.orders.at(order_id{stream.id}).recorded) {
      const uint64_t seq = events.size() + 1;
      events.push_back({{seq, 0}, stream, seq, encode(recorded)});
    }
    return events;
  }

  std::optional<listed_order> find_order(order_id id) override {
    const auto found = shop_.orders.find(id);
    return found == shop_.orders.end() ? std::nullopt : std::optional{row_of(id, found->second.now)};
  }
  std::optional<key_claim> find_key(const std::string& scope, const std::string& key) override {
    const auto found = shop_.keys.find({scope, key});
    return found == shop_.keys.end() ? std::nullopt : std::optional{found->second};
  }
  reservation_mark find_reservation(reservation_key) override { ORDERFLOW_UNREACHABLE("find_reservation"); }
  std::vector<due_order> due_before(timestamp, const std::optional<due_order>&, uint32_t) override {
    ORDERFLOW_UNREACHABLE("due_before");
  }
  std::vector<due_order> open_orders(const std::optional<due_order>&, uint32_t) override { ORDERFLOW_UNREACHABLE("open_orders"); }
  std::vector<journal_event> events_after(position, stream_kind, std::span<const uint16_t>, uint32_t) override {
    ORDERFLOW_UNREACHABLE("events_after");
  }
  std::optional<position> find_cursor(const std::string&) override { ORDERFLOW_UNREACHABLE("find_cursor"); }
  bool has_notification(order_id, uint64_t, const std::string&) override { ORDERFLOW_UNREACHABLE("has_notification"); }
  std::vector<notification_row> notifications(order_id) override { ORDERFLOW_UNREACHABLE("notifications"); }
  std::vector<message_row> open_messages(uint32_t) override { ORDERFLOW_UNREACHABLE("open_notices"); }
  std::optional<message_row> find_message(const std::string& scope, const std::string& key) override {
    const auto asked_with = [&](const requested_message& one) {
      return one.key && one.key->scope == scope && one.key->key == key;
    };
    const auto found = std::ranges::find_if(shop_.messages, asked_with);
    if (found == shop_.messages.end()) return std::nullopt;
    message_row row;
    row.recipient = found->recipient;
    row.key = found->key;
    return row;
  }
  std::optional<message_row> find_message(int64_t) override { ORDERFLOW_UNREACHABLE("find_notice"); }
  std::vector<message_row> undeliverable_messages(const std::string& tenant, int64_t after, uint32_t limit) override {
    std::vector<message_row> found;
    for (const auto& row : shop_.given_up)
      if (row.tenant == tenant && row.number > after && found.size() < limit) found.push_back(row);
    return found;
  }
  std::vector<uint64_t> count_by_status() override { ORDERFLOW_UNREACHABLE("count_by_status"); }
  std::vector<uint64_t> count_by_operator_reason() override { ORDERFLOW_UNREACHABLE("count_by_operator_reason"); }
  std::vector<listed_order> scan_orders(order_id, uint32_t) override { ORDERFLOW_UNREACHABLE("scan_orders"); }
  std::vector<tenant_row> tenants() override { ORDERFLOW_UNREACHABLE("tenants"); }
  std::vector<stock_row> stock(int64_t) override { ORDERFLOW_UNREACHABLE("stock"); }
  std::vector<listed_account> scan_accounts(int64_t after, uint32_t limit) override {
    std::map<int64_t, account_row> rows;
    for (const auto& [who, now] : shop_.accounts)
      rows.insert({stream_of(who).id, {who, now.version, encode_state(now), account_state_version}});
    std::vector<listed_account> found;
    for (auto at = rows.upper_bound(after); at != rows.end() && found.size() < limit; ++at)
      found.push_back({at->first, at->second});
    return found;
  }

 private:
  static listed_order row_of(order_id id, const order& now) {
    return {id, now.version, {id, now.source, now.who.email, now.created_at}, encode_state(now), order_state_version};
  }
  std::vector<listed_order> matching(const order_query& query) const {
    std::vector<listed_order> rows;
    for (const auto& [id, each] : shop_.orders) {
      const auto& now = each.now;
      const bool mine =
          (!query.tenant || now.source.tenant == *query.tenant) && (!query.owner || now.source.owner == *query.owner);
      const bool fits = (!query.status || now.status == *query.status) &&
                        (!query.customer_email || now.who.email == *query.customer_email) &&
                        (!query.batch_id || now.source.batch_id == *query.batch_id) &&
                        (!query.needs_operator || now.needs_operator != operator_reason::none);
      if (mine && fits) rows.push_back(row_of(id, now));
    }
    return rows;
  }
  memory_shop& shop_;
};

}  // namespace orderflow
