// Supervisor of the orders of one shard (order id mod shard_count): entity_supervisor, and what makes new orders: keys and ids.
#pragma once

#include <unordered_map>

#include "actors/services.hpp"
#include "supervision/entity_supervisor.hpp"

namespace orderflow {

struct order_child : supervised_child<order_actor> {
  std::optional<uint64_t> key;  ///< Hash of the key that made it, while it is remembered in `keys_`.
  quarantine_note note{};       ///< While it is quarantined.
};

class shard_state;
using shard_supervisor = entity_supervisor<shard_state, shard_actor, order_actor, std::unordered_map<order_id, order_child>>;

class shard_state : public shard_supervisor {
 public:
  static inline const char* name = "orderflow.shard";

  shard_state(shard_actor::pointer self, services_ptr with, uint32_t shard);

  shard_actor::behavior_type make_behavior();

 private:
  friend shard_supervisor;

  // -- messages ------------------------------------------------------------------------------------------------------
  caf::result<order_reply> create(create_request& request);
  caf::result<order_reply> ask(order_request& request);
  caf::result<void> resume(order_id id);
  caf::result<void> due(const deadline_due& message);
  bool redrive(order_id id);

  // -- creating ------------------------------------------------------------------------------------------------------
  using reply_promise = caf::typed_response_promise<order_reply>;
  void create_keyed(create_request request, reply_promise to);
  void create_new(create_request request, reply_promise to);
  void create_numbered(create_request request, reply_promise to);
  void with_id(std::function<void(std::optional<order_id>)> then);
  void refill();
  void repeat(const key_claim& known, const create_request& request, reply_promise to);

  // -- for the supervisor --------------------------------------------------------------------------------------------
  [[nodiscard]] order_actor spawn_child(order_id id, bool fresh);
  [[nodiscard]] milliseconds first_sweep() const;
  void crashed(order_id id, uint32_t restarts, const std::string& because);
  void quarantined(order_id id, child& one, const std::string& because);
  void passivated() { services_->figures->passivations->inc(); }
  void erased(child& one);

  [[nodiscard]] const key_claim* known_key(const key_claim& request) const;
  /// Answers a read while the journal, which loads orders, does not get to it.
  [[nodiscard]] caf::result<order_reply> read_without_journal(const order_request& request);
  void read_row(const order_request& request, reply_promise to);

  uint32_t shard_;
  /// Keys of the creates under way and of their orders still in memory, by hash: a double click must not reach the journal.
  std::unordered_map<uint64_t, key_claim> keys_;
  id_block block_;       ///< Ids left.
  id_block next_block_;  ///< Reserved ahead, so that nobody waits for the store.
  bool refilling_ = false;
  std::vector<std::function<void(std::optional<order_id>)>> waiting_for_id_;
};

}  // namespace orderflow
