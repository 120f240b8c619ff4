#include "journal/postgres/batch_rows.hpp"

#include <algorithm>
#include <tuple>

#include "base/overloaded.hpp"

namespace orderflow::postgres {

namespace {

// Notes where streams begin in the batch and that the appends of each follow each other.
class head_collector {
 public:
  explicit head_collector(batch_rows& out) : out_(out) {}

  void add(size_t index, const append_request& append) {
    const auto stream = append.stream.packed();
    const auto [tail, first] = tails_.try_emplace(stream, append.expected_seq);
    if (first) {
      out_.heads.push_back({index, stream, append.expected_seq});
    } else if (tail->second != append.expected_seq) {
      out_.misplaced.push_back({index, append_status::conflict, std::nullopt, "does not follow the append before it"});
    }
    // Counted from where the append says it stands, so that only the one at the wrong place is named and not those behind it.
    tail->second = append.expected_seq + append.events.size();
  }

 private:
  batch_rows& out_;
  std::unordered_map<int64_t, uint64_t> tails_;
};

// The last state of an order is the only one that anybody will read.
class state_collector {
 public:
  explicit state_collector(batch_rows& out) : out_(out) {}

  void add(const order_rows& rows) {
    if (rows.created) out_.created.push_back(&*rows.created);
    const auto [place, first] = places_.try_emplace(rows.state.id, out_.states.size());
    if (first) {
      out_.states.push_back({&rows.state, rows.created ? &*rows.created : nullptr});
    } else {
      out_.states[place->second].row = &rows.state;
    }
  }

 private:
  batch_rows& out_;
  std::unordered_map<order_id, size_t> places_;
};

// One statement cannot write a row twice, so of one delivery the last word counts. Messages without a cause are all kept.
class notification_collector {
 public:
  explicit notification_collector(batch_rows& out) : out_(out) {}

  void add(const notification_row& row) {
    if (row.seq != 0) {
      const auto [place, first] = places_.try_emplace({row.order, row.seq, row.channel}, out_.notifications.size());
      if (!first) {
        out_.notifications[place->second] = &row;
        return;
      }
    }
    out_.notifications.push_back(&row);
  }

 private:
  batch_rows& out_;
  std::map<std::tuple<order_id, uint64_t, std::string_view>, size_t> places_;
};

void sort(batch_rows& rows) {
  const auto by_id = [](const auto* a, const auto* b) { return a->id < b->id; };
  std::ranges::sort(rows.created, by_id);
  std::ranges::sort(rows.states, {}, [](const auto& each) { return each.row->id; });
  std::ranges::sort(rows.reservations);
  std::ranges::sort(rows.keys, {}, [](const key_claim* claim) { return hash_of(claim->scope, claim->key); });
}

}  // namespace

batch_rows rows_of(const batch& work) {
  batch_rows rows;
  head_collector heads{rows};
  state_collector states{rows};
  for (size_t i = 0; i < work.appends.size(); ++i) {
    const auto& append = *work.appends[i];
    heads.add(i, append);
    if (append.key) rows.keys.push_back(&*append.key);
    if (append.also) rows.keys.push_back(&*append.also);
    if (append.events.empty()) continue;
    const auto id = append.stream.id;
    std::visit(overloaded{
                   [&](const order_rows& of) { states.add(of); },
                   [&](const inventory_rows& of) {
                     for (const auto& row : of.stock) rows.stock.insert_or_assign({id, row.product.value}, &row);
                     rows.reservations.insert(rows.reservations.end(), of.reservations.begin(), of.reservations.end());
                   },
                   [&](const catalogue_rows& of) {
                     for (const auto& row : of.products) rows.products.insert_or_assign({id, row.id.value}, &row);
                   },
                   [&](const account_rows& of) { rows.accounts.insert_or_assign(id, &of.state); },
               },
               append.rows);
  }
  notification_collector notifications{rows};
  for (const auto* write : work.writes) {
    if (write->cursor) rows.cursors.insert_or_assign(write->sink, *write->cursor);
    for (const auto& row : write->notifications) notifications.add(row);
    for (const auto& row : write->messages) rows.messages.insert_or_assign(row.number, &row);
  }
  sort(rows);
  return rows;
}

std::vector<position> positions_of(const batch& work, uint64_t txid) {
  std::vector<position> positions;
  positions.reserve(work.appends.size());
  uint64_t events = 0;
  for (const auto* append : work.appends) {
    events += append->events.size();
    positions.push_back(append->events.empty() ? position{} : position{txid, events - 1});
  }
  return positions;
}

}  // namespace orderflow::postgres
