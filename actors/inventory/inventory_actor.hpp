// The stock of one warehouse: the shell around domain/inventory, the only writer of its stream.
//
// Answers to orders run ahead of the commit and carry `after`; the unique rows of `reservations` are only the last net. Keys
// whose appends are not durable yet are kept in memory. Whatever may have been asked before is marked `again` and looked up
// in the store before it is decided, one question per key at a time, so that loading the order alone or the inventory alone is
// safe.
#pragma once

#include <map>

#include "actors/entity/event_sourced.hpp"

namespace orderflow {

/// What a commit releases: an adjustment's answer, and a reservation's key that the store now knows.
struct inventory_held {
  std::optional<caf::typed_response_promise<stock_reply>> to;
  stock_reply reply;
  std::optional<reservation_key> key;
};

class inventory_actor_state : public event_sourced<inventory_actor_state, inventory_actor, inventory, inventory_held> {
 public:
  static inline const char* name = "orderflow.inventory";
  static constexpr bool discard_if_never_stored = false;

  inventory_actor_state(inventory_actor::pointer self, services_ptr with, stream_key stream);

  inventory_actor::behavior_type make_behavior();

  // For the shell.
  void restore(opened_stream& found);
  void resumed() {}
  void release(inventory_held& held);
  void fail(inventory_held& held, const append_outcome& outcome);
  void forget();

 private:
  using shell = event_sourced<inventory_actor_state, inventory_actor, inventory, inventory_held>;
  using reply_promise = caf::typed_response_promise<stock_reply>;
  struct question {
    stock_request request;
    reply_promise to;
  };

  caf::result<stock_reply> ask(stock_request& request);
  void answer(stock_request& request, reply_promise to);
  /// A key of a client: was this asked before?
  void check_claim(const stock_request& request, reply_promise to);
  /// `other_name`: the key is not known yet as a name of it.
  void repeat(const stock_request& request, bool is_same, reply_promise to, const std::optional<key_claim>& other_name = {});
  [[nodiscard]] std::vector<stock_row> levels_of(const inventory_command& request) const;
  void look_up(const reservation_key& key, question asked);
  /// A defect in one request must not stop the whole house: its asker is told, and the counters are loaded again.
  void decide_on(const stock_request& request, reservation_mark mark, reply_promise to);
  void carry_out(const stock_request& request, reservation_mark mark, reply_promise to);
  [[nodiscard]] inventory_rows rows(const std::vector<inventory_event>& events) const;

  /// Marks that are decided but not durable; the count is of appends in flight.
  struct fresh_mark {
    reservation_mark mark = reservation_mark::none;
    uint32_t in_flight = 0;
  };
  std::map<reservation_key, fresh_mark> fresh_;
  std::map<reservation_key, std::vector<question>> questions_;
};

}  // namespace orderflow
