#include "journal/rehearsal.hpp"

namespace orderflow {

namespace {

const std::string state = "{}";

append_request append_to(stream_key stream, uint64_t seq, entity_rows rows) {
  append_request made;
  made.stream = stream;
  made.expected_seq = seq - 1;
  made.events.push_back({1, 1, {}, state});
  made.rows = std::move(rows);
  return made;
}

order_rows order_at(uint64_t seq) {
  order_rows rows;
  if (seq == 1) rows.created.emplace();
  rows.state.version = seq;
  rows.state.status = order_status::pending;
  rows.state.state = state;
  return rows;
}

std::vector<append_request> appends_at(uint64_t seq) {
  const auto& [order, warehouse, shop, customer] = rehearsed_streams;
  std::vector<append_request> made;
  made.push_back(append_to(order, seq, order_at(seq)));
  made.back().key = key_claim{"rehearsal", std::to_string(seq), 0, {}, {}};
  made.push_back(append_to(warehouse, seq, inventory_rows{{{product_id{"rehearsal"}, {}}}, {{{{}, 1}, seq > 1}}}));
  product item;
  item.id = product_id{"rehearsal"};
  made.push_back(append_to(shop, seq, catalogue_rows{{item}}));
  account_rows account;
  account.state.version = seq;
  account.state.state = state;
  made.push_back(append_to(customer, seq, account));
  return made;
}

follower_write follower_at(uint64_t seq) {
  follower_write made{"rehearsal", position{seq, 0}, {}, {}};
  for (const auto of : {uint64_t{0}, seq}) made.notifications.push_back({{}, of, "rehearsal", {}, {}, {}, {}});
  made.messages.emplace_back();
  return made;
}

/// What the batches point to lives as long as they do.
struct rehearsal_rows {
  std::array<std::vector<append_request>, 2> appends{appends_at(1), appends_at(2)};
  std::array<follower_write, 2> writes{follower_at(1), follower_at(2)};
  std::array<batch, 2> batches;

  rehearsal_rows() {
    for (size_t n = 0; n < batches.size(); ++n) {
      for (const auto& each : appends[n]) batches[n].appends.push_back(&each);
      batches[n].writes.push_back(&writes[n]);
    }
  }
};

}  // namespace

std::span<const batch, 2> rehearsed_batches() {
  static const rehearsal_rows rows;
  return rows.batches;
}

}  // namespace orderflow
