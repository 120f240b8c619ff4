#include "journal/state_of.hpp"

#include "codec/order_json.hpp"
#include "domain/order/evolve.hpp"

namespace orderflow {

order state_of(reader& from, const listed_order& row) {
  if (row.state_version == order_state_version) return decode_state(row.state);
  order folded;
  for (const auto& recorded : from.history(stream_of(row.id))) evolve(folded, decode_order_event(recorded.event));
  return folded;
}

}  // namespace orderflow
