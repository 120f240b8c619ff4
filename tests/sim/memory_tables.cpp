#include "tests/sim/memory_tables.hpp"

#include <algorithm>
#include <utility>

#include "base/assert.hpp"
#include "base/overloaded.hpp"
#include "codec/account_json.hpp"

namespace orderflow::test {

namespace {

std::pair<std::string, std::string> place_of(const key_claim& claim) { return {claim.scope, claim.key}; }

std::string standing_at(uint64_t seq) { return "the stream stands at event " + std::to_string(seq); }

void write_notification(std::vector<notification_row>& rows, const notification_row& row) {
  auto same = [&](const notification_row& one) {
    return one.order == row.order && one.seq == row.seq && one.channel == row.channel;
  };
  auto found = row.seq == 0 ? rows.end() : std::ranges::find_if(rows, same);
  if (found == rows.end())
    rows.push_back(row);
  else
    *found = row;
}

}  // namespace

uint64_t memory_tables::tail_of(stream_key stream) const {
  auto found = streams.find(stream.packed());
  return found == streams.end() ? 0 : found->second.size();
}

std::vector<rejected_append> memory_tables::rejected_of(const batch& work) const {
  std::map<int64_t, uint64_t> tails;
  std::vector<rejected_append> rejected;
  for (size_t i = 0; i < work.appends.size(); ++i) {
    const auto& one = *work.appends[i];
    auto [tail, first] = tails.try_emplace(one.stream.packed(), tail_of(one.stream));
    auto before = std::exchange(tail->second, one.expected_seq + one.events.size());
    auto existing = one.key ? keys.find(place_of(*one.key)) : keys.end();
    if (existing == keys.end() && one.also) existing = keys.find(place_of(*one.also));
    auto conflict = [&](std::string why) { rejected.push_back({i, append_status::conflict, std::nullopt, std::move(why)}); };
    if (existing != keys.end()) {
      rejected.push_back({i, append_status::duplicate, existing->second, "the key exists"});
    } else if (before != one.expected_seq) {
      conflict(standing_at(before));
    } else if (const auto* rows = std::get_if<order_rows>(&one.rows);
               rows && rows->created && orders.contains(rows->created->id)) {
      conflict("the order exists");
    } else if (const auto* moved = std::get_if<inventory_rows>(&one.rows)) {
      auto known = [&](const reservation_row& row) { return reservations.contains(row); };
      if (std::ranges::any_of(moved->reservations, known)) conflict("the reservation exists");
    }
  }
  return rejected;
}

bool memory_tables::accepts(const batch& work) const {
  if (!rejected_of(work).empty()) return false;
  std::set<std::pair<std::string, std::string>> claimed;
  std::set<order_id> made;
  std::set<reservation_row> reserved;
  for (const auto* one : work.appends) {
    if (one->key && !claimed.insert(place_of(*one->key)).second) return false;
    if (one->also && !claimed.insert(place_of(*one->also)).second) return false;
    if (const auto* rows = std::get_if<order_rows>(&one->rows); rows && rows->created && !made.insert(rows->created->id).second)
      return false;
    if (const auto* moved = std::get_if<inventory_rows>(&one->rows))
      for (const auto& row : moved->reservations)
        if (!reserved.insert(row).second) return false;
  }
  return true;
}

std::vector<position> memory_tables::write(const batch& work) {
  std::vector<position> positions;
  for (const auto* one : work.appends) {
    auto& stream = streams[one->stream.packed()];
    for (const auto& event : one->events) {
      stream.push_back(events.size());
      events.push_back({{events.size() + 1, 0}, one->stream, stream.size(), event});
    }
    positions.push_back(one->events.empty() ? position{} : events.back().at);
    if (one->key) keys.emplace(place_of(*one->key), *one->key);
    if (one->also) keys.emplace(place_of(*one->also), *one->also);
    if (one->events.empty()) continue;
    std::visit(overloaded{[&](const order_rows& rows) {
                            if (rows.created) orders.emplace(rows.created->id, *rows.created);
                            states.insert_or_assign(rows.state.id, rows.state);
                          },
                          [&](const inventory_rows& rows) {
                            for (const auto& row : rows.stock) stock[{one->stream.id, row.product}] = row.level;
                            reservations.insert(rows.reservations.begin(), rows.reservations.end());
                          },
                          [&](const catalogue_rows& rows) {
                            for (const auto& row : rows.products) products[{one->stream.id, row.id}] = row;
                          },
                          [&](const account_rows& rows) { accounts.insert_or_assign(one->stream.id, rows.state); }},
               one->rows);
  }
  for (const auto* one : work.writes) {
    for (const auto& row : one->notifications) write_notification(notifications, row);
    for (const auto& row : one->messages) messages.insert_or_assign(row.number, row);
    if (one->cursor) cursors[one->sink] = *one->cursor;
  }
  return positions;
}

opened_stream memory_tables::load(stream_key stream) const {
  opened_stream into;
  into.seq = tail_of(stream);
  auto all_events = [&] {
    if (into.seq == 0) return;
    for (auto place : streams.at(stream.packed())) into.events.push_back(events[place].event);
  };
  switch (stream.kind) {
    case stream_kind::order: {
      auto found = states.find(order_id{stream.id});
      if (found != states.end()) into.order = found->second;
      if (!into.order || into.order->state_version != order_state_version || into.order->version != into.seq) all_events();
      break;
    }
    case stream_kind::account: {
      auto found = accounts.find(stream.id);
      if (found != accounts.end()) into.account = found->second;
      const auto& row = into.account;
      if (!row || row->state_version != account_state_version || row->version != into.seq) all_events();
      break;
    }
    case stream_kind::inventory:
      for (const auto& [key, level] : stock)
        if (key.first == stream.id) into.stock.push_back({key.second, level});
      break;
    case stream_kind::catalogue:
      for (const auto& [key, item] : products)
        if (key.first == stream.id) into.products.push_back(item);
      break;
  }
  return into;
}

listed_order memory_tables::listed(order_id id) const {
  const auto& state = states.at(id);
  return {id, state.version, orders.at(id), state.state, state.state_version};
}

bool memory_tables::matches(const order_query& query, const listed_order& one) const {
  auto is = [](const auto& wanted, const auto& found) { return !wanted || *wanted == found; };
  const auto& row = one.row;
  if (query.created_from && row.created_at < *query.created_from) return false;
  if (query.created_to && row.created_at >= *query.created_to) return false;
  if (query.needs_operator && states.at(one.id).needs_operator == operator_reason::none) return false;
  return is(query.owner, row.source.owner) && is(query.tenant, row.source.tenant) && is(query.status, states.at(one.id).status) &&
         is(query.customer_email, row.customer_email) && is(query.external_id, row.source.external_id) &&
         is(query.batch_id, row.source.batch_id) && is(query.import_group, row.source.import_group);
}

}  // namespace orderflow::test
