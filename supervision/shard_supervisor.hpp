// Supervisor of the orders of one shard (order id mod shard_count): starts them on demand, routes to them, restarts them with a
// pause when they crash, holds back (quarantines) one that crashes again and again, and lets idle ones leave memory.
#pragma once

#include <unordered_map>

#include "actors/services.hpp"
#include "base/fifo.hpp"

namespace orderflow {

class shard_state {
 public:
  static inline const char* name = "orderflow.shard";

  shard_state(shard_actor::pointer self, services_ptr with, uint32_t shard);

  shard_actor::behavior_type make_behavior();

 private:
  /// A message that waits for its child to be startable again.
  using parked = std::function<void(const order_actor&)>;

  struct child {
    order_actor actor;      ///< nullptr while it is between two lives.
    uint64_t used = 0;      ///< Sweep count at the last message.
    bool leaving = false;   ///< Asked to leave memory: what comes now waits for its answer.
    uint32_t restarts = 0;  ///< Within the window that began at `first_restart`.
    monotonic_time first_restart{};
    fifo<parked> waiting;
    std::optional<uint64_t> key;  ///< Hash of the key that made it, while it is remembered in `keys_`.
    std::optional<quarantine_note> quarantine;
  };

  // -- messages ------------------------------------------------------------------------------------------------------
  caf::result<order_reply> create(create_request& request);
  caf::result<order_reply> ask(order_request& request);
  caf::result<void> resume(order_id id);
  caf::result<void> due(const deadline_due& message);
  void busy(order_id id);
  void sweep();
  bool redrive(order_id id);
  void ended(const caf::down_msg& down);
  /// The shard ends when its orders have: nothing of it may run on when the services are released.
  void stop(const caf::error& reason);
  void restart(order_id id);

  // -- creating ------------------------------------------------------------------------------------------------------
  using reply_promise = caf::typed_response_promise<order_reply>;
  void create_keyed(create_request request, reply_promise to);
  void create_new(create_request request, reply_promise to);
  void create_numbered(create_request request, reply_promise to);
  void with_id(std::function<void(std::optional<order_id>)> then);
  void refill();
  void repeat(const key_claim& known, const create_request& request, reply_promise to);

  // -- children ------------------------------------------------------------------------------------------------------
  /// Runs `work` with the order's actor: now, or when it can be started again. False: held back, or the shard is stopping.
  bool with_child(order_id id, parked work);
  child& start(order_id id, bool fresh);
  void erase(std::unordered_map<order_id, child>::iterator at);
  [[nodiscard]] const key_claim* known_key(const key_claim& request) const;
  void quarantine(child& one, order_id id, std::string reason);
  /// Answers a read while the journal, which loads orders, does not get to it.
  [[nodiscard]] caf::result<order_reply> read_without_journal(const order_request& request);
  void read_row(const order_request& request, reply_promise to);

  shard_actor::pointer self_;
  services_ptr services_;
  uint32_t shard_;
  std::unordered_map<order_id, child> children_;
  std::unordered_map<caf::actor_addr, order_id> addresses_;
  /// Keys of the creates under way and of their orders still in memory, by hash: a double click must not reach the journal.
  std::unordered_map<uint64_t, key_claim> keys_;
  uint64_t sweeps_ = 0;
  bool sweeping_ = false;
  std::optional<caf::error> stopping_;

  id_block block_;       ///< Ids left.
  id_block next_block_;  ///< Reserved ahead, so that nobody waits for the store.
  bool refilling_ = false;
  std::vector<std::function<void(std::optional<order_id>)>> waiting_for_id_;
};

}  // namespace orderflow
