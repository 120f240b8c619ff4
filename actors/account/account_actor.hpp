// What is kept of one customer: the shell around domain/account. Only its supervisor talks to it.
//
// Its stream's number is a hash of (tenant, user). Where another pair lives there, the next number is looked at, and so on: the
// rows are what numbers are checked against, so that two customers never share a cart.
#pragma once

#include "actors/entity/event_sourced.hpp"

namespace orderflow {

/// An answer that waits for a commit.
struct account_held {
  caf::typed_response_promise<account_reply> to;
  account_reply reply;
};

class account_actor_state : public event_sourced<account_actor_state, account_actor, account, account_held> {
 public:
  static inline const char* name = "orderflow.account";
  static constexpr bool discard_if_never_stored = false;

  account_actor_state(account_actor::pointer self, services_ptr with, accounts_actor parent, account_key who);

  account_actor::behavior_type make_behavior();

  // For the shell.
  void restore(opened_stream& found);
  void resumed() {}
  void release(account_held& held);
  void fail(account_held& held, const append_outcome& outcome);
  void forget() {}

 private:
  using shell = event_sourced<account_actor_state, account_actor, account, account_held>;
  using answer_promise = caf::typed_response_promise<account_reply>;

  caf::result<account_reply> ask(account_request& request);
  void passivate();
  void answer(const account_request& request, answer_promise to, bool key_checked = false);
  void carry_out(const account_request& request, answer_promise to);
  void show(account_outcome outcome, answer_promise to);
  /// Looks whether the command's key was used before, then answers.
  void check_key(const account_request& request, answer_promise to);
  void repeat(const account_request& request, const key_claim& known, answer_promise to);
  [[nodiscard]] std::shared_ptr<const account> seen() const;

  accounts_actor parent_;
  account_key who_;
  uint32_t key_checks_ = 0;  ///< Questions to the store under way.
};

}  // namespace orderflow
