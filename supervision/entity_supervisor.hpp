// Supervisor of entities, one child each: starts them on demand, routes to them, restarts them with a pause when they crash,
// holds back (quarantines) one that crashes again and again, and lets idle ones leave memory. Its own messages: `busy_atom` and
// `reopen_atom` with the child's key, `sweep_atom`.
//
// Derived supplies:  Child spawn_child(const Key&, bool fresh)          monitored; `fresh`: nothing is stored of it yet
//                    milliseconds first_sweep()                         from the first child to the first look for idle ones
//                    void crashed(const Key&, uint32_t restarts, const std::string& because)    for the log
//                    void quarantined(const Key&, child&, const std::string& because)
//                    void passivated()                                  a child has left memory, for the metrics
//                    void erased(child&)                                it is about to be forgotten
#pragma once

#include <functional>
#include <string>

#include "actors/services.hpp"
#include "base/fifo.hpp"

namespace orderflow {

template <class Actor>
struct supervised_child {
  Actor actor;            ///< nullptr while it is between two incarnations.
  uint64_t used = 0;      ///< Sweep count at the last message.
  bool leaving = false;   ///< Asked to leave memory: what comes now waits for its answer.
  uint32_t restarts = 0;  ///< Within the window that began at `first_restart`.
  monotonic_time first_restart{};
  fifo<std::function<void(const Actor*)>> waiting;
  bool quarantined = false;

  [[nodiscard]] bool is_ready() const { return actor && !leaving; }
};

/// `Children`: a map from keys to structs made of `supervised_child`, whose entries stay where they are.
template <class Derived, class Handle, class Actor, class Children>
class entity_supervisor {
 public:
  using pointer = typename Handle::pointer;
  using key = typename Children::key_type;
  using child = typename Children::mapped_type;

 protected:
  static constexpr std::chrono::milliseconds sweep_every = std::chrono::seconds{1};

  /// A message that waits for its child to be startable again; nullptr: it will not be.
  using parked = std::function<void(const Actor*)>;

  /// Hands the message on with its promise, which breaks where the child will not be started.
  template <class Promise, class Message>
  static parked delegating(Promise to, Message message) {
    return [to, message](const Actor* actor) mutable {
      if (actor != nullptr) to.delegate(*actor, message);
    };
  }

  entity_supervisor(pointer self, services_ptr with) : self_(self), services_(std::move(with)) {
    self_->set_down_handler([this](caf::down_msg& down) { ended(down); });
    self_->set_exit_handler([this](caf::exit_msg& wanted) { stop(wanted.reason); });
  }

  /// Runs `work` with the child's actor: now, or when it can be started again. False: held back, or the supervisor is stopping.
  bool with_child(const key& id, parked work) {
    if (stopping_) return false;
    auto found = children_.find(id);
    auto& one = found == children_.end() ? start(id, false) : found->second;
    if (one.quarantined) return false;
    if (one.is_ready()) {
      one.used = sweeps_;
      work(&one.actor);
    } else {
      one.waiting.push(std::move(work));
    }
    return true;
  }

  child& start(const key& id, bool fresh) {
    auto& one = children_[id];
    one.actor = derived().spawn_child(id, fresh);
    one.used = sweeps_;
    one.leaving = false;
    addresses_[one.actor.address()] = id;
    if (!std::exchange(sweeping_, true)) self_->delayed_send(self_, derived().first_sweep(), sweep_atom_v);
    return one;
  }

  /// The child does not leave: it has something to do.
  void busy(const key& id) {
    auto found = children_.find(id);
    if (found == children_.end()) return;
    auto& one = found->second;
    one.leaving = false;
    one.used = sweeps_;
    if (one.actor) release(one);
  }

  /// Looks for idle children.
  void sweep() {
    ++sweeps_;
    const auto idle = static_cast<uint64_t>(services_->limits.passivate_after / sweep_every);
    for (auto& [id, one] : children_) {
      if (!one.is_ready() || one.used + idle >= sweeps_) continue;
      one.leaving = true;
      self_->send(one.actor, passivate_atom_v);
    }
    sweeping_ = !children_.empty();
    if (sweeping_) self_->delayed_send(self_, sweep_every, sweep_atom_v);
  }

  /// The pause before a restart is over.
  void restart(const key& id) {
    auto found = children_.find(id);
    if (stopping_ || found == children_.end() || found->second.actor || found->second.quarantined) return;
    services_->figures->restarts->inc();
    start_again(id, found->second);
  }

  void erase(typename Children::iterator at) {
    derived().erased(at->second);
    children_.erase(at);
  }

  pointer self_;
  services_ptr services_;
  Children children_;
  uint64_t sweeps_ = 0;
  std::optional<caf::error> stopping_;

 private:
  Derived& derived() { return static_cast<Derived&>(*this); }

  static void release(child& one) {
    for (auto& work : one.waiting.take_all()) work(&one.actor);
  }

  void start_again(const key& id, child& one) {
    auto waiting = one.waiting.take_all();
    auto& again = start(id, false);
    for (auto& work : waiting) work(&again.actor);
  }

  /// A child has ended: it left memory (start it again only if somebody waits), or it crashed.
  void ended(const caf::down_msg& down) {
    auto address = addresses_.find(down.source);
    if (address == addresses_.end()) return;
    const auto id = std::move(address->second);
    addresses_.erase(address);
    if (stopping_) {
      if (addresses_.empty()) self_->quit(*stopping_);
      return;
    }
    auto found = children_.find(id);
    if (found == children_.end() || found->second.actor.address() != down.source) return;
    auto& one = found->second;
    one.actor = nullptr;
    if (!down.reason) {
      derived().passivated();
      return one.waiting.empty() ? erase(found) : start_again(id, one);
    }
    // An empty error has no category: that of one without a reason must not be asked for.
    if (down.reason == errc::fenced || down.reason.category() == caf::type_id_v<caf::exit_reason>) return erase(found);
    has_crashed(id, one, to_failure(down.reason).detail);
  }

  void has_crashed(const key& id, child& one, const std::string& because) {
    const auto& limits = services_->limits;
    const auto now = services_->time->monotonic();
    if (now - one.first_restart > limits.restart_window) {
      one.first_restart = now;
      one.restarts = 0;
    }
    derived().crashed(id, one.restarts, because);
    if (++one.restarts >= limits.restarts_before_quarantine) {
      one.quarantined = true;
      derived().quarantined(id, one, because);
      for (auto& work : one.waiting.take_all()) work(nullptr);
      return;
    }
    const auto pause = limits.restart_pause * (int64_t{1} << std::min<uint32_t>(one.restarts - 1, 8));
    self_->delayed_send(self_, pause, reopen_atom_v, id);
  }

  /// It ends when its children have: nothing of it may run on when the services are released.
  void stop(const caf::error& reason) {
    if (stopping_) return;
    if (addresses_.empty()) return self_->quit(reason);
    stopping_ = reason;
    for (const auto& [id, one] : children_)
      if (one.actor) self_->send_exit(one.actor, reason);
  }

  std::unordered_map<caf::actor_addr, key> addresses_;
  bool sweeping_ = false;
};

}  // namespace orderflow
