// Supervisor of the accounts of one shard: entity_supervisor. One that crashes again and again is let be until its window is
// over: its customer is told to come back later, everybody else goes on.
#pragma once

#include <map>

#include "supervision/entity_supervisor.hpp"

namespace orderflow {

class accounts_state;
using account_supervisor =
    entity_supervisor<accounts_state, accounts_actor, account_actor, std::map<account_key, supervised_child<account_actor>>>;

class accounts_state : public account_supervisor {
 public:
  static inline const char* name = "orderflow.accounts";

  accounts_state(accounts_actor::pointer self, services_ptr with);

  accounts_actor::behavior_type make_behavior();

 private:
  friend account_supervisor;

  caf::result<account_reply> ask(account_request& request);
  void sweep_accounts();

  // -- for the supervisor --------------------------------------------------------------------------------------------
  [[nodiscard]] account_actor spawn_child(const account_key& who, bool fresh);
  [[nodiscard]] milliseconds first_sweep() const { return sweep_every; }
  void crashed(const account_key& who, uint32_t restarts, const std::string& because);
  void quarantined(const account_key&, child&, const std::string&) {}
  void passivated() {}
  void erased(child&) {}
};

}  // namespace orderflow
