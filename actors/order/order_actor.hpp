// One order: the shell of actors/entity/event_sourced.hpp around domain/order. Only its shard's supervisor talks to it.
#pragma once

#include "actors/entity/event_sourced.hpp"
#include "domain/order/deadline.hpp"

namespace orderflow {

/// The order as it stands, shared with the answers that show it. Nothing happened yet: the empty order.
class order_now {
 public:
  order_now() = default;
  explicit order_now(std::shared_ptr<const order> is) : is_(std::move(is)) {}
  const order& operator*() const { return is_ ? *is_ : nothing; }
  const order* operator->() const { return &**this; }
  /// nullptr: nothing happened yet.
  [[nodiscard]] const std::shared_ptr<const order>& shared() const { return is_; }

 private:
  static inline const order nothing{};
  std::shared_ptr<const order> is_;
};

/// An answer that waits for a commit.
struct order_answer {
  caf::typed_response_promise<order_reply> to;
  order_outcome outcome = order_outcome::done;
  refusal why = refusal::none;
  uint64_t since = 0;  ///< The order's version when it was asked, its own events included: durable up to there, it is not lost.
};

/// A request without a command that has a key of its own: the intent that it names has been carried out already, and the key is
/// noted as another name of it.
[[nodiscard]] inline bool notes_key(const order_request& request) { return !request.command && request.key && request.repeat; }

/// What an append (or a place in the queue behind one) releases.
struct order_held {
  std::shared_ptr<const order> seen;  ///< The state as of then; what answers show and effects are made from.
  std::vector<order_answer> answers;
  std::vector<effect> effects;  ///< Newly owed: external ones, and internal ones that must not run ahead of the commit.
  std::vector<committed_event> committed;  ///< For the followers.
  std::optional<order_status> before;      ///< Status before the append, for the gauges; empty for reads.
  bool created = false;
  operator_reason needed_before{};        ///< Why a person was needed before the append.
  std::vector<uint32_t> ended_refunds{};  ///< No longer owed: whoever makes them is to stop.
  std::optional<answer_when> noted{};     ///< Only a key was written: what its answers wait for from then on.
};

class order_actor_state : public event_sourced<order_actor_state, order_actor, order_now, order_held> {
 public:
  static inline const char* name = "orderflow.order";
  static constexpr bool discard_if_never_stored = true;

  /// `fresh`: the id has just been taken from a block, so there is nothing to load.
  order_actor_state(order_actor::pointer self, services_ptr with, shard_actor parent, order_id id, bool fresh);

  order_actor::behavior_type make_behavior();

  // For the shell.
  void restore(opened_stream& found);
  void resumed();
  void release(order_held& held);
  void fail(order_held& held, const append_outcome& outcome);
  void forget();

 private:
  using shell = event_sourced<order_actor_state, order_actor, order_now, order_held>;
  using answer_promise = caf::typed_response_promise<order_reply>;
  /// The names of a create, and what its repeats are to wait for.
  struct create_claim {
    create_claim(key_claim first, std::optional<key_claim> second, answer_when answered)
        : key(std::move(first)), also(std::move(second)), when(answered) {}
    key_claim key;
    std::optional<key_claim> also;
    answer_when when;
  };

  // -- messages ------------------------------------------------------------------------------------------------------
  caf::result<order_reply> ask(order_request& request);
  caf::result<order_reply> create(create_request& request);
  void report(order_report& told);
  caf::result<void> due(const deadline_due& message);
  caf::result<void> resume();
  void passivate();

  // -- deciding ------------------------------------------------------------------------------------------------------
  void answer(const order_request& request, answer_promise to, bool key_checked = false);
  /// Looks whether the command's key was used before, then answers.
  void check_key(const order_request& request, answer_promise to);
  void check_ended();
  void repeat(const order_request& request, const key_claim& known, answer_promise to);
  void found_new(create_request& request, answer_promise to);
  void take(const order_command& told, std::optional<cause> after);
  void take_report(const order_command& told);
  void record(decision decided, timestamp at, std::optional<key_claim> key, std::optional<cause> after,
              std::optional<order_answer> to, answer_when when);
  void hold_answer(order_answer to, answer_when when);
  void note_key(const key_claim& key, order_answer to, answer_when when);
  void key_noted(order_held& held);
  /// The order is settled: whoever waited for that is answered with it.
  void answer_waiters();
  [[nodiscard]] order_rows rows(bool created, bool open) const;
  /// Runs a decision; a defect in it ends the actor once what is in flight has been released.
  void guarded(const std::function<void()>& work);
  void give_up();

  // -- effects -------------------------------------------------------------------------------------------------------
  void start(const effect& what, bool again);
  void start_held(const effect& what, const order& seen);
  void ask_inventory(inventory_command what, const effect& of);
  void find_warehouse(const effect& of);
  [[nodiscard]] bool is_pending(const effect& what) const;
  void stock_answered(const effect& of, const stock_reply& reply);
  void send_refund(uint32_t number, const order& seen, bool again);
  void send_charge(uint32_t attempt, const order& seen, bool again, bool only_asked);
  void end_refund(uint32_t number);
  void end_settled_refunds();
  void start_external(const effect& what, const order& seen, bool again);
  void settle_its_cart(const order& seen);
  void settle_its_round(const order& seen);
  void settle_its_cart_later(uint64_t load, const caf::error& why);

  // -- letting go ----------------------------------------------------------------------------------------------------
  void deliver(order_answer& to, const std::shared_ptr<const order>& seen);
  void answer_with_existing(order_answer& to, const key_claim& existing, const create_claim& request);
  void arm_deadline();
  void count_status(const order_held& held);
  void count_need(const order_held& held);

  shard_actor parent_;
  order_id id_;
  fifo<order_answer> waiters_;  ///< Callers waiting for the order to settle, also while it is loaded again.
  std::shared_ptr<const effect_progress> progress_;
  uint64_t checks_begun_ = 0;  ///< Questions to the store about keys of commands,
  uint64_t checks_ended_ = 0;  ///< and how many of them are answered: in the order in which they were asked.
  struct look_behind {
    uint64_t checks = 0;  ///< So many have to end first.
    order_request look;
    answer_promise to;
  };
  fifo<look_behind> behind_checks_;            ///< Looks that belong to commands whose keys are being checked.
  std::optional<timestamp> armed_;             ///< Deadline announced last.
  std::shared_ptr<const create_claim> claim_;  ///< Until the create is durable.
  std::optional<std::string> defect_;          ///< Set once: ends the actor when nothing is in flight.
  /// What was reported from outside and is not durable yet, with the version it led to. Nobody says it again, so a reload takes
  /// it again.
  struct unsaved_report {
    uint64_t version = 0;
    std::unique_ptr<const order_command> what;
  };
  fifo<unsaved_report> unsaved_;
};

}  // namespace orderflow
