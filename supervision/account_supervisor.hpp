// Supervisor of the accounts in use, one child each: starts them on demand, routes to them, restarts them with a pause when they
// crash, and lets idle ones leave memory. One that crashes again and again is let be until its window is over: its customer is
// told to come back later, everybody else goes on.
#pragma once

#include <map>

#include "actors/services.hpp"
#include "base/fifo.hpp"

namespace orderflow {

class accounts_state {
 public:
  static inline const char* name = "orderflow.accounts";

  accounts_state(accounts_actor::pointer self, services_ptr with);

  accounts_actor::behavior_type make_behavior();

 private:
  using answer_promise = caf::typed_response_promise<account_reply>;
  /// A request that waits for its child to be startable again.
  struct parked {
    account_request request;
    answer_promise to;
  };
  struct child {
    account_actor actor;    ///< nullptr while it is between two lives.
    uint64_t used = 0;      ///< Sweep count at the last message.
    bool leaving = false;   ///< Asked to leave memory: what comes now waits for its answer.
    uint32_t restarts = 0;  ///< Within the window that began at `first_restart`.
    monotonic_time first_restart{};
    bool given_up = false;  ///< Until the window is over.
    fifo<parked> waiting;
  };

  caf::result<account_reply> ask(account_request& request);
  void busy(const account_key& who);
  void sweep();
  void ended(const caf::down_msg& down);
  void crashed(const account_key& who, child& one, const caf::error& why);
  /// It ends when its children have: nothing of it may run on when the services are released.
  void stop(const caf::error& reason);
  void restart(const account_key& who);
  void start(const account_key& who, child& one);
  void wake_sweep();
  static void release(child& one);

  accounts_actor::pointer self_;
  services_ptr services_;
  std::map<account_key, child> children_;
  std::map<caf::actor_addr, account_key> addresses_;
  uint64_t sweeps_ = 0;
  bool sweeping_ = false;
  std::optional<caf::error> stopping_;
};

}  // namespace orderflow
