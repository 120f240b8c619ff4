// Starts all actors in the right order, resumes what the last run left owed, and stops them in the right order.
// Thread rule: used by one thread, not an actor's.
#pragma once

#include <atomic>
#include <future>
#include <string>

#include "actors/services.hpp"
#include "gateways/carrier.hpp"
#include "gateways/cart_service.hpp"
#include "gateways/mailer.hpp"
#include "gateways/payment_gateway.hpp"

namespace orderflow {

/// The external services that the actors talk to. Outlives the guardian.
struct external_services {
  payment_gateway& payments;
  carrier& shipments;
  mailer& mail;
  cart_service* carts = nullptr;  ///< nullptr: the carts are our own.
};

/// What the actors of a process tell whoever started them. Thread rule: atomic, any thread.
struct process_flags {
  std::atomic<bool> stop_waiting{false};  ///< Set from outside: the journal gives up a store that does not answer.
  std::atomic<bool> resumed{false};
  std::atomic<bool> fenced{false};      ///< Another process has taken the writer's place.
  std::atomic<bool> unwritable{false};  ///< The store can never be written again by this process.
  std::string end_of_writing;           ///< A sentence; written once, before either of the two above.
  std::string replaced_writer;          ///< Written once, before any actor runs.
  std::atomic<bool> broken{false};      ///< An actor that everything depends on has ended by a defect.
  std::promise<void> counted;           ///< The orders that were there at the start are in the gauges.
};

/// Whether actors that block get threads of their own. `none`: everything runs on the scheduler, for one that is deterministic.
enum class own_threads : uint8_t { where_they_block = 1, none = 2 };

/// Opens the store's writer and readers and starts every actor but the resumer. Throws store_error.
[[nodiscard]] std::shared_ptr<services> start_services(caf::actor_system& sys, database& from, external_services world,
                                                       std::shared_ptr<const clock> time, const actor_settings& limits,
                                                       uint32_t node, const std::shared_ptr<process_flags>& flags,
                                                       own_threads threads);
/// Sets the timers and followers going and what stored orders owe, some at a time. The resumer ends by itself, or is told to.
[[nodiscard]] caf::actor resume_services(caf::actor_system& sys, const services_ptr& all,
                                         const std::shared_ptr<process_flags>& flags);
/// The actors to be stopped, in that order; shards end when their orders have.
[[nodiscard]] std::vector<caf::actor> actors_of(const services& all);

class guardian {
 public:
  /// Opens the store's writer and readers and starts everything; throws store_error. `node`: this process's place in a cluster.
  guardian(caf::actor_system& sys, database& from, external_services world, std::shared_ptr<const clock> time,
           actor_settings limits, uint32_t node = 1);
  /// Drains if that was not done.
  ~guardian();
  guardian(const guardian&) = delete;
  guardian& operator=(const guardian&) = delete;

  [[nodiscard]] services_ptr running() const { return services_; }

  /// Starts what stored orders owe, some at a time, in the background. Called once. Waits for the orders to be counted, but not
  /// for long: of very many, some may then count twice in the gauges.
  void resume();
  /// All that was owed at the start is under way.
  [[nodiscard]] bool resumed() const { return flags_->resumed.load(); }
  /// Another process has taken over the store: stop the process.
  [[nodiscard]] bool fenced() const { return flags_->fenced.load(); }
  /// The store can never be written again by this process: stop it, another one may.
  [[nodiscard]] bool unwritable() const { return flags_->unwritable.load(); }
  /// Why, once either of the two above.
  [[nodiscard]] const std::string& end_of_writing() const { return flags_->end_of_writing; }
  /// Whose place was taken at the start, see store::replaced.
  [[nodiscard]] const std::string& replaced_writer() const { return flags_->replaced_writer; }
  /// An actor that everything depends on has ended by a defect: stop the process, the next start resumes.
  [[nodiscard]] bool broken() const { return flags_->broken.load(); }

  /// Lets appends and deliveries that are queued go out, until the deadline, then stops every actor. The listeners have stopped
  /// taking requests before. Effects in flight are not waited for: they are owed. False: something is not written.
  bool drain(milliseconds timeout);

 private:
  caf::actor_system& sys_;
  std::shared_ptr<process_flags> flags_;
  std::shared_ptr<services> services_;
  caf::actor resumer_;
  bool drained_ = false;
};

}  // namespace orderflow
