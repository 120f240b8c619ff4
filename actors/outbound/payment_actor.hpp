// The way to one payment gateway: joins calls by key, limits how many are under way (bulkhead), and asks again until an answer
// is definite. A call without an answer leaves its slot, and whatever is made again has a few slots of its own, so that a hung
// gateway does not take the healthy calls' places. Its outcome is unknown: the order is told so, the gateway is queried with
// growing pauses, and a charge is sent again only with its key and only to a gateway that honours keys. A charge that an operator
// has settled is not sent any more; where it may have been, the gateway is asked what it knows of it.
#pragma once

#include <unordered_map>
#include <variant>

#include "actors/outbound/call_schedule.hpp"
#include "base/breaker.hpp"
#include "base/fifo.hpp"

namespace orderflow {

class payment_state {
 public:
  static inline const char* name = "orderflow.payment";

  payment_state(payment_actor::pointer self, services_ptr with, payment_gateway& gateway);

  payment_actor::behavior_type make_behavior();

 private:
  /// `returned`: how much has gone back so far. A gateway without keys shows sums only, so that a refund of ours is told from
  /// those of others by what there was before it.
  enum class question : uint8_t { charge = 1, query = 2, refund = 3, returned = 4 };
  enum class call_phase : uint8_t { queued = 1, asked = 2, pausing = 3 };

  struct call {
    order_id order;
    uint32_t number = 0;  ///< Of the attempt or the refund.
    minor_units amount = 0;
    currency money;
    std::string method;
    question next = question::charge;
    call_phase phase = call_phase::queued;
    uint32_t tries = 0;
    bool repeated = false;  ///< Made before, or that is not known: it goes by the lane of such calls.
    milliseconds pause{0};  ///< Before the last try.
    bool told_unknown = false;
    bool charge_failed = false;    ///< The last try to charge brought nothing, and nothing has shown since that it was taken in.
    uint32_t unknown_answers = 0;  ///< How often the gateway has said that it does not know of it.
    bool is_answered = false;      ///< The last try was answered, only not with an outcome.
    bool only_asked = false;       ///< Settled by an operator: not sent, only asked about.
    bool sent = false;             ///< It may have reached the gateway, now or before a restart.
    bool sent_before = false;      ///< `sent` as it was before the last try.
    minor_units settled_from = 0;  ///< Refunds: see refund_request.
    minor_units returned = 0;      ///< Refunds: what the order has been told that went back without this one.
    std::string reason{};          ///< Why the last try brought nothing.
    timestamp since{};             ///< As it is shown.
    monotonic_time began{};
    monotonic_time due{};  ///< Of the answer (asked) or of the next try (pausing).
    std::string tenant{};
  };

  void charge(const charge_order& request);
  void refund(const refund_money& request);
  void end(const end_refund& request);
  void answered(const charge_answer& answer);
  void answered(const refund_answer& answer);
  void sweep();
  [[nodiscard]] std::vector<effect_progress> waiting() const;
  // The gateway is away when it has not answered many calls in a row, or has taken none of many charges in a row: one that fails
  // all charges and answers questions does not do what it is there for.
  void answers_again();
  /// What the gateway says of the call shows that a charge which was sent has been taken in.
  void takes_charges(call& one);
  void fails(call& one, const std::string& why);
  void look_whether_back();
  /// The gateway does not know of the call; true once it has said so often enough that a person has to look.
  [[nodiscard]] static bool is_unknown_there(call& one);

  // Answers about a refund that are not the last word on it (payment_refunds.cpp).
  void refund_stays_open(const refund_answer& answer, call& one);
  void told_returned(const refund_answer& answer, call& one);

  // What an operator has settled (payment_settled.cpp): nothing is sent any more, and what may have been is asked about.
  void only_ask(const std::string& key, call& one);
  void not_found(const std::string& key, call& one);
  [[nodiscard]] bool was_asked_long_enough(const call& one) const;

  // Questions of the HTTP side (payment_questions.cpp): asked once, answered by the gateway or, when its time is up, with an
  // error. They join no call and take no slot of the charges.
  using card_promise = caf::typed_response_promise<card_answer>;
  using refund_promise = caf::typed_response_promise<refund_answer>;
  using charge_promise = caf::typed_response_promise<charge_answer>;
  struct bridge_question {
    monotonic_time due{};
    std::variant<card_promise, refund_promise, charge_promise> to;
  };
  caf::result<card_answer> store_card(const card_to_store& request);
  caf::result<card_answer> method_of(const method_question& request);
  caf::result<refund_answer> refunded(const refund_question& request);
  caf::result<charge_answer> charged(const charge_question& request);
  /// The number under which the answer comes back; nothing, and the asker is told, where too many wait already.
  template <class Answer>
  std::optional<uint64_t> enter(caf::typed_response_promise<Answer> to);
  template <class Answer>
  void leave(uint64_t ticket, const Answer& answer, bool failed);
  void give_up_questions(monotonic_time now);

  /// Calls that share slots.
  struct lane {
    fifo<std::string> queue;
    uint32_t asked = 0;
  };
  [[nodiscard]] static bool is_about_refund(const call& one) {
    return one.next == question::refund || one.next == question::returned;
  }
  [[nodiscard]] lane& lane_of(const call& one) { return one.repeated ? repeated_ : fresh_; }

  void enqueue(std::string key, call made);
  void pump();
  void pump(lane& one, uint32_t slots);
  void ask(const std::string& key, call& one);
  [[nodiscard]] question first_question_of_refund() const {
    return gateway_.honours_keys() ? question::refund : question::returned;
  }
  void stop_asking(call& one);
  /// `unsent`: the call never left, so it is not a repeated one.
  void pause(const std::string& key, call& one, bool unsent = false);
  void no_answer(const std::string& key, call& one);
  void tell(order_id order, order_action what);
  void forget(const std::string& key);
  void wake();
  void show_metrics();
  void show_waiting();

  payment_actor::pointer self_;
  services_ptr services_;
  payment_gateway& gateway_;
  std::unordered_map<std::string, call> calls_;
  lane fresh_;
  lane repeated_;
  call_schedule schedule_;
  breaker breaker_;
  breaker charging_;  ///< Counts charges alone and holds none back: a failing charge is no reason not to try another.
  bool away_ = false;
  bool fresh_first_ = false;
  monotonic_time waiting_shown_{};
  std::unordered_map<uint64_t, bridge_question> questions_;
  uint64_t last_ticket_ = 0;
  bool awake_ = false;
};

}  // namespace orderflow
