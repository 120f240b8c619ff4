// The actor behind http/bridge/actor_bridge.hpp: one per I/O thread. With bridge_calls.cpp the only file of http/ that knows CAF.
#pragma once

#include <boost/asio/io_context.hpp>
#include <unordered_map>

#include "actors/services.hpp"
#include "http/bridge/actor_bridge.hpp"

namespace orderflow {

/// Makes the bridge between the thread that runs `io` and the actors. Blocks until the catalogues are loaded; call it before
/// the thread takes requests. Throws store_error where it is not to be had.
[[nodiscard]] std::shared_ptr<actor_bridge::link> make_bridge_link(caf::actor_system& sys, services_ptr with,
                                                                   boost::asio::io_context& io);

/// Drain: everybody who waits for an order to settle is answered with the present state, now. Thread rule: any.
void answer_waiters(const std::shared_ptr<actor_bridge::link>& link);

/// Stops the actor; callbacks that are still open get errc::outcome_unknown: what they asked for may have taken place. Thread
/// rule: not the I/O thread.
void close_bridge(caf::actor_system& sys, const std::shared_ptr<actor_bridge::link>& link);

/// What runs inside the actor.
class bridge_state {
 public:
  static inline const char* name = "orderflow.edge";

  bridge_state(bridge_actor::pointer self, services_ptr with);
  ~bridge_state();

  bridge_actor::behavior_type make_behavior();

  /// A place among the requests in flight, given back with its last copy. It is kept until the actors have answered, however
  /// long ago the caller was told that nobody knows: while nothing commits, nobody is to be let in for those who gave up.
  using place = std::shared_ptr<void>;

  // When the timeout ends without an answer, a caller that waits for an order to settle, or reads, is shown the present state. It
  // is read behind the caller's own command, so that it never passes for the command's success. A command that was only to be
  // committed is told errc::outcome_unknown at once.
  // Each `done` is called exactly once, on this actor's thread; gateway posts it on.
  void create(create_request request, milliseconds timeout, answered<order_reply> done, place held = nullptr);
  void ask(order_request request, milliseconds timeout, answered<order_reply> done, place held = nullptr);
  void check_attempt(order_id order, uint32_t attempt, const std::optional<key_claim>& key, answered<checked_attempt> done,
                     place held);
  void check_refunds(order_id order, const std::optional<key_claim>& key, answered<order_reply> done, place held);
  void flush_waiters();

  /// For a request to an actor that knows no deadline: what to do with its answer. Whoever asked is told `late` if there is
  /// none in time.
  template <class T>
  answered<T> in_time(answered<T> done, errc late, place held) {
    const auto ticket = ++last_ticket_;
    auto once = std::make_shared<answered<T>>(std::move(done));
    auto tell = [once](std::variant<T, failure> answer) {
      if (auto told = std::exchange(*once, nullptr)) told(std::move(answer));
    };
    const bool reads = late == errc::store_unavailable;
    calls_.emplace(ticket, call{call_ends(), [tell, late] { tell(no_answer(late)); }, std::move(held), reads});
    wake();
    return [this, ticket, tell](std::variant<T, failure> answer) {
      calls_.erase(ticket);
      tell(std::move(answer));
    };
  }

  /// `then` runs on this actor's thread, with the tenant's actors; a tenant that is new here is made.
  void with_tenant(const std::string& tenant, std::function<void(const tenant_entry&)> then,
                   std::function<void(caf::error&)> failed);

  [[nodiscard]] bridge_actor::pointer self() const { return self_; }
  [[nodiscard]] const services& all() const { return *services_; }

 private:
  struct caller {
    order_id order;  ///< 0 until the id is known.
    monotonic_time since{};
    monotonic_time times_out_at{};
    answered<order_reply> done;  ///< Empty once the caller was told that nobody knows: the entry holds the place.
    std::optional<principal> from;
    place held{};
    bool shown_present = false;      ///< The present state has been asked for in the caller's name.
    bool may_look = true;            ///< The present state is an answer: not to a command that was to be committed.
    std::optional<key_claim> key{};  ///< Of a command: its look comes behind it.
    bool reads = false;              ///< No command: nothing can have been done.
  };

  /// A request to an actor other than an order's.
  struct call {
    monotonic_time ends{};
    std::function<void()> give_up;  ///< Empty once it was called.
    place held;
    bool reads = false;  ///< Goes on while the store can be read.
  };

  [[nodiscard]] static failure no_answer(errc late);
  [[nodiscard]] monotonic_time call_ends() const;
  uint64_t enter(caller one, milliseconds timeout);
  void leave(uint64_t ticket, std::variant<order_reply, failure> answer);
  void timed_out(uint64_t ticket, caller& one);
  [[nodiscard]] bool store_is_lost() const;
  [[nodiscard]] bool is_over(const caller& one, monotonic_time now, bool lost) const;
  void sweep();
  void wake();

  bridge_actor::pointer self_;
  services_ptr services_;
  std::unordered_map<uint64_t, caller> callers_;
  std::unordered_map<uint64_t, call> calls_;
  uint64_t last_ticket_ = 0;
  int64_t last_shard_ = 0;
  bool awake_ = false;
};

}  // namespace orderflow
