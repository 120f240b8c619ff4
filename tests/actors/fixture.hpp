// A whole process on CAF's deterministic scheduler: every actor of supervision/guardian.cpp, none with a thread of its own, over
// a store in memory and a scripted world that outlive it. Nothing happens unless a test says `run` or `advance`.
#pragma once

#include <caf/all.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <random>

#include "base/clock.hpp"
#include "supervision/guardian.hpp"
#include "tests/sim/memory_store.hpp"
#include "tests/sim/simulated_services.hpp"

namespace orderflow::test {

/// What became of a request.
template <class Reply>
struct asked {
  std::optional<Reply> reply;
  std::optional<failure> error;
  uint32_t answers = 0;
  [[nodiscard]] bool answered() const { return answers > 0; }
};
using asked_order = std::shared_ptr<asked<order_reply>>;

/// An order as a test wants it. Default: one untracked line of 1 000, paid with `ok`.
struct order_options {
  std::optional<std::string> pay_with = "ok";
  int64_t tracked = 0;  ///< Quantity of product "A"; 0: one untracked line.
  minor_units price = 1000;
  answer_when when = answer_when::settled;
  std::string key{};  ///< Idempotency key; empty: none.
  uint64_t body = 1;  ///< Hash of the request's body.
  bool decline_cancels = false;
  std::string email = "ann@x.org";
  timer_policy timers{};
  std::string tenant = "shop";
};

class fixture {
 public:
  explicit fixture(actor_settings limits = {});
  ~fixture();
  fixture(const fixture&) = delete;
  fixture& operator=(const fixture&) = delete;

  // -- the process ---------------------------------------------------------------------------------------------------
  /// Starts it and, unless told otherwise, resumes what is owed.
  void start(bool resume = true);
  /// As kill -9: from here on nothing of it reaches the store or the world. Then a new one can be started.
  void crash();
  /// Cuts it off without ending it: for a crash in the midst of something. `crash` has to follow.
  void cut_off();
  /// An orderly stop; everything must have ended after it.
  void stop();
  [[nodiscard]] bool up() const { return sys_ != nullptr; }
  [[nodiscard]] const services& all() const { return *services_; }
  [[nodiscard]] process_flags& flags() { return *flags_; }
  [[nodiscard]] caf::actor_system& sys() { return *sys_; }
  [[nodiscard]] caf::scheduler::test_coordinator& scheduler();
  /// Actors alive, those of the fixture included.
  [[nodiscard]] size_t actors_alive() { return sys_->registry().running(); }

  // -- time ----------------------------------------------------------------------------------------------------------
  /// Until nobody has anything to do; fails the test if that never comes. The journal goes last, as if each commit took a while:
  /// what comes meanwhile makes one batch.
  void run();
  /// Until only the journal has something to do: nothing of what is queued becomes durable.
  void run_up_to_the_journal();
  /// So many steps, or fewer if nobody has anything left to do: to stop in the midst of something.
  void run_steps(size_t count);
  /// The same as `run`, choosing at each step who goes next.
  void run_shuffled(std::mt19937_64& chance);
  /// Moves both clocks in small steps and lets everybody do what has become due.
  void advance(milliseconds by, milliseconds step = milliseconds{0});
  /// Advances until it holds; false: not within that time.
  template <class Condition>
  [[nodiscard]] bool within(milliseconds timeout, Condition holds) {
    for (milliseconds passed{0}; !holds() && passed < timeout; passed += milliseconds{25}) advance(milliseconds{25});
    return holds();
  }

  // -- requests; they are sent at once and answered by `run` -----------------------------------------------------------
  asked_order create(const order_options& command = {});
  asked_order ask(order_id order, std::optional<order_command> command, answer_when when = answer_when::committed);
  asked_order ask(order_request request);
  asked_order look_as(order_id order, const principal& who);
  asked_order command(order_id order, order_action action, answer_when when = answer_when::committed) {
    return ask(order, order_command{std::move(action), time->now()}, when);
  }
  asked_order look(order_id order, answer_when when = answer_when::committed) { return ask(order, std::nullopt, when); }
  void report(order_id order, order_action action);
  std::shared_ptr<asked<stock_reply>> stock(inventory_command command, const std::string& tenant = "shop");
  /// Its actors; started, and run, where it is new.
  const tenant_entry& tenant_of(const std::string& name = "shop");
  template <class Reply, class Handle, class... Ts>
  std::shared_ptr<asked<Reply>> request(const Handle& to, Ts... what) {
    auto result = std::make_shared<asked<Reply>>();
    sys_->spawn([=](caf::event_based_actor* self) mutable {
      self->request(to, caf::infinite, std::move(what)...)
          .then([result](Reply& reply) { result->reply = std::move(reply), ++result->answers; },
                [result](caf::error& why) { result->error = to_failure(why), ++result->answers; });
    });
    return result;
  }

  // -- short ways ----------------------------------------------------------------------------------------------------
  /// Puts stock of product "A" on the shelf.
  void stock_up(int64_t on_hand, const std::string& tenant = "shop");
  /// Creates and runs; fails the test unless it is answered with an order.
  order_id placed(const order_options& command = {});
  /// The order's committed state; fails the test where there is none.
  [[nodiscard]] order stored(order_id order) const;
  [[nodiscard]] size_t orders_stored() const { return db.tables().orders.size(); }
  [[nodiscard]] stock_level level(int64_t tenant_number = 1) const;
  /// Names of the order's events, in order.
  [[nodiscard]] std::vector<std::string> events_of(order_id order) const;
  [[nodiscard]] size_t count_event(order_id order, const std::string& name) const;
  [[nodiscard]] int64_t in_memory() const { return services_->figures->orders_in_memory->value(); }

  // What outlives the process.
  memory_database db;
  simulated_services world;
  std::shared_ptr<manual_clock> time = std::make_shared<manual_clock>();
  actor_settings limits;

 private:
  struct lines;  ///< From the process to the world; cut by a crash.

  void end_actors();
  /// Brings somebody other than the journal to the front; false: there is none.
  bool prefer_others();

  std::unique_ptr<lines> lines_;
  std::unique_ptr<caf::actor_system_config> config_;
  std::unique_ptr<caf::actor_system> sys_;
  std::shared_ptr<process_flags> flags_;
  std::shared_ptr<services> services_;
  caf::actor resumer_;
  int64_t next_shard_ = 0;
};

}  // namespace orderflow::test
