// The actor behind http/gateway.hpp: one per I/O thread. The only file of http/ that knows CAF.
#pragma once

#include <boost/asio/io_context.hpp>
#include <unordered_map>

#include "actors/services.hpp"
#include "http/gateway.hpp"

namespace orderflow {

/// Makes the bridge between the thread that runs `io` and the actors. Blocks until the catalogue is loaded; call it before
/// the thread takes requests. Throws store_error where it is not to be had.
[[nodiscard]] std::shared_ptr<gateway::link> make_gateway_link(caf::actor_system& sys, services_ptr with,
                                                               boost::asio::io_context& io);

/// Drain: everybody who waits for an order to settle is answered with the present state, now. Thread rule: any.
void answer_waiters(const std::shared_ptr<gateway::link>& link);

/// Stops the actor; callbacks that are still open get errc::outcome_unknown: what they asked for may have taken place. Thread
/// rule: not the I/O thread.
void close_gateway(caf::actor_system& sys, const std::shared_ptr<gateway::link>& link);

/// What runs inside the actor.
class gateway_core {
 public:
  static inline const char* name = "orderflow.edge";

  gateway_core(edge_actor::pointer self, services_ptr with);
  ~gateway_core();

  edge_actor::behavior_type make_behavior();

  // When patience ends without an answer, a caller that waits for an order to settle, or reads, is shown the present state. It is
  // read behind the caller's own command, so that it never passes for the command's success. A command that was only to be
  // committed is told errc::outcome_unknown at once.
  // Each `done` is called exactly once, on this actor's thread; gateway posts it on.
  void create(create_request request, milliseconds patience, answered<order_reply> done);
  void ask(order_request request, milliseconds patience, answered<order_reply> done);
  void check_refunds(order_id order, const std::optional<key_claim>& key, answered<order_reply> done);
  void hurry();

  [[nodiscard]] edge_actor::pointer self() const { return self_; }
  [[nodiscard]] const services& all() const { return *services_; }

 private:
  struct caller {
    order_id order;  ///< 0 until the id is known.
    timestamp patience_ends{};
    answered<order_reply> done;
    std::optional<principal> from;
    bool shown_present = false;      ///< The present state has been asked for in the caller's name.
    bool may_look = true;            ///< The present state is an answer: not to a command that was to be committed.
    std::optional<key_claim> key{};  ///< Of a command: its look comes behind it.
  };

  uint64_t enter(order_id order, std::optional<principal> from, milliseconds patience, answered<order_reply> done);
  void leave(uint64_t ticket, std::variant<order_reply, world_error> answer);
  void patience_ended(uint64_t ticket, caller& one);
  void sweep();

  edge_actor::pointer self_;
  services_ptr services_;
  std::unordered_map<uint64_t, caller> callers_;
  uint64_t last_ticket_ = 0;
  int64_t last_shard_ = 0;
  bool awake_ = false;
};

}  // namespace orderflow
