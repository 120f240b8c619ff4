// The event-sourced shell, written once for every entity: open, decide, append ahead of the journal, release per commit,
// reload in place.
//
// There is one state, and it runs ahead of the journal: facts are folded as soon as they are decided. What must not happen
// before they are durable (answers, external effects) waits in `held_`, in order, and is released as appends commit; reads join
// the same queue, so that nobody is shown what could still be lost. When an append fails, everything that depended on it is
// dropped, the entity is loaded again and goes on: a failure outside is not a crash and costs no restart.
//
// Derived supplies:  void restore(opened_stream&)          state from the journal; `now_` is empty before
//                    void resumed()                         loaded: do what is owed
//                    void release(Held&)                    committed: answer, send
//                    void fail(Held&, const append_outcome&)  not committed: answer with the error
//                    void forget()                          drop what depended on the lost state
//                    bool discard_if_never_stored           leave memory when the very first append is lost: nothing ever was
#pragma once

#include <algorithm>
#include <functional>

#include "actors/entity/keys_in_flight.hpp"
#include "actors/services.hpp"
#include "base/assert.hpp"
#include "base/fifo.hpp"
#include "base/log.hpp"

namespace orderflow {

template <class Derived, class Handle, class State, class Held>
class event_sourced {
 public:
  using pointer = typename Handle::pointer;

 protected:
  event_sourced(pointer self, services_ptr with, stream_key stream) : self_(self), services_(std::move(with)), stream_(stream) {}

  /// Messages that come while the entity is being loaded wait here.
  static constexpr size_t max_stash = 1024;

  [[nodiscard]] bool loading() const { return loading_; }
  [[nodiscard]] bool quiet() const { return !loading_ && held_.empty(); }

  /// What must be committed before anything that follows from the present state may count; nothing if all of it is.
  [[nodiscard]] std::optional<cause> present_cause() const {
    if (tail_ == committed_) return std::nullopt;
    return cause{stream_, generation_, tail_};
  }
  [[nodiscard]] stream_key stream() const { return stream_; }
  /// Grows with every load: an answer to what was asked before the last one is not for this state.
  [[nodiscard]] uint64_t load_number() const { return load_number_; }

  /// Runs `work` now, or when the entity is loaded. False: too much is waiting.
  template <class Work>
  [[nodiscard]] bool when_loaded(Work work) {
    if (!loading_) {
      work();
      return true;
    }
    if (stash_.size() >= max_stash) return false;
    stash_.push(std::move(work));
    return true;
  }

  /// What the keys of each name stood for when they came before: in flight, or in the store. For an entity whose keyed commands
  /// all come through here.
  using known_keys = std::vector<std::optional<key_claim>>;
  template <class Promise, class Then>
  void look_for_keys(std::vector<key_claim> names, Promise to, Then then) {
    auto found = std::make_shared<known_keys>(names.size());
    const auto add_those_in_flight = [this, names, found] {
      for (size_t at = 0; at < names.size(); ++at)
        if (const auto* known = keys_.find(names[at])) (*found)[at] = *known;
    };
    add_those_in_flight();
    if (std::ranges::all_of(*found, [](const auto& one) { return one.has_value(); })) return then(*found);
    const auto& lookups = services_->key_lookup_of(names.front());
    read_task look{[names = std::move(names), found](reader& from) {
      for (size_t at = 0; at < names.size(); ++at)
        if (!(*found)[at]) (*found)[at] = from.find_claim(names[at]);
    }};
    self_->request(lookups, caf::infinite, std::move(look))
        .then(
            [this, found, add_those_in_flight, to, then, load = load_number_]() mutable {
              if (load != load_number_ || loading_) return to.deliver(to_error(errc::reloading, "it is being loaded again"));
              add_those_in_flight();
              then(*found);
            },
            [to](caf::error& why) mutable { to.deliver(std::move(why)); });
  }

  /// Appends facts that are folded into `now_` already; `held` is released when they are durable.
  void append(append_request request, Held held) {
    ORDERFLOW_ASSERT((!request.events.empty() || request.key) && !loading_);
    request.stream = stream_;
    request.of = generation_;
    request.expected_seq = tail_;
    request.sent_at = std::chrono::steady_clock::now();
    tail_ += request.events.size();
    ++last_append_;
    keys_.add(last_append_, request.key);
    keys_.add(last_append_, request.also);
    held_.push({last_append_, std::move(held)});
    auto settle = [this, incarnation = incarnation_, number = last_append_, seq = tail_](append_outcome& outcome) {
      if (incarnation == incarnation_) settled_append(number, seq, outcome);
    };
    self_->request(services_->journal, caf::infinite, std::move(request)).then(settle, [settle](caf::error& why) mutable {
      append_outcome lost{append_status::unavailable, {}, {}, sentence_of(why)};
      settle(lost);
    });
  }

  /// Notes the key of a command that changes nothing: sent again when other commands have come between, it is still not a new
  /// one. `held` is released when the key is durable.
  void note(key_claim key, Held held) {
    append_request request;
    request.key = std::move(key);
    append(std::move(request), std::move(held));
  }

  /// Lets go as soon as everything before it is durable: at once if it is already.
  void hold(Held held) {
    if (held_.empty())
      derived().release(held);
    else
      held_.push({last_append_, std::move(held)});
  }

  /// Loads the entity from the journal; until then messages are stashed. What is in flight settles first: its answers belong to
  /// its appends. From the second failure in a row on there is a pause, so that trouble that lasts does not keep everybody busy.
  void reload() {
    loading_ = true;
    ++load_number_;
    now_ = State{};
    keys_.clear();
    derived().forget();
    if (held_.empty()) begin_again();
  }

  /// From `restore`: what was found there is somebody else's; the entity is looked for in that stream instead.
  void look_in(stream_key next) {
    self_->send(services_->journal, closing_atom_v, stream_, generation_);
    stream_ = next;
    reload();
  }

  /// Somebody whom the entity needs is in trouble: it loads itself again and asks again.
  void reload_after_failure() {
    ++failures_in_a_row_;
    reload();
  }

  /// Tells the journal to forget the stream, then ends the actor.
  void leave(caf::error why = {}) {
    self_->send(services_->journal, closing_atom_v, stream_, generation_);
    self_->quit(std::move(why));
  }

  pointer self_;
  services_ptr services_;
  State now_;
  keys_in_flight keys_;

 private:
  struct entry {
    uint64_t append = 0;  ///< Released with this one.
    Held what;
  };

  Derived& derived() { return static_cast<Derived&>(*this); }

  void settled_append(uint64_t number, uint64_t seq, append_outcome& outcome) {
    if (outcome.status == append_status::committed) {
      committed_ = seq;
      failures_in_a_row_ = 0;
      keys_.durable(number);
      while (!held_.empty() && held_.front().append <= number) {
        auto one = held_.pop();
        derived().release(one.what);
      }
      if (loading_ && held_.empty()) begin_again();
      return;
    }
    if (lost_from_ != 0 && number >= lost_from_) return;  // It went with an earlier one.
    abort_from(number, outcome);
    if (outcome.status == append_status::fenced || outcome.status == append_status::broken) {
      log_error("entity-append-refused", {{"stream", stream_.packed()}, {"detail", outcome.detail}});
      ending_ = to_error(outcome.status == append_status::fenced ? errc::fenced : errc::quarantined, outcome.detail);
    } else {
      services_->figures->reloads->inc();
      log_debug("entity-reloads", {{"stream", stream_.packed()}, {"because", outcome.detail}});
    }
    reload_after_failure();
  }

  /// What was held before may still be committed: it keeps waiting for its own outcome.
  void abort_from(uint64_t number, const append_outcome& outcome) {
    lost_from_ = number;
    std::vector<entry> lost;
    for (auto& one : held_.take_all()) {
      if (one.append < number)
        held_.push(std::move(one));
      else
        lost.push_back(std::move(one));
    }
    for (auto& one : lost) derived().fail(one.what, outcome);
  }

  /// Nothing is in flight any more.
  void begin_again() {
    if (ending_) return self_->quit(std::move(*ending_));
    if (Derived::discard_if_never_stored && committed_ == 0 && lost_from_ != 0) return leave();
    ++incarnation_;
    lost_from_ = 0;
    open_when_due();
  }

  void open_when_due() {
    if (failures_in_a_row_ <= 1) return open();
    auto pause = milliseconds{std::min<int64_t>(2000, int64_t{50} << std::min<uint32_t>(failures_in_a_row_ - 2, 6))};
    log_debug("entity-waits", {{"stream", stream_.packed()}, {"loads_in_ms", pause.count()}});
    // Not a timer of the actor framework: in an outage there may be tens of thousands.
    self_->request(services_->timers, caf::infinite, reopen_atom_v, caf::timespan{pause})
        .then(
            [this, load = load_number_] {
              if (loading_ && load == load_number_) open();
            },
            [](caf::error&) {});  // The process is stopping.
  }

  void open() {
    self_->request(services_->journal, caf::infinite, opening_atom_v, stream_)
        .then(
            [this, load = load_number_](opened_stream& found) {
              if (load == load_number_) opened(found);
            },
            [this, load = load_number_](caf::error& why) {
              if (load != load_number_) return;
              log_debug("entity-not-loaded", {{"stream", stream_.packed()}, {"because", sentence_of(why)}});
              failures_in_a_row_ = std::max<uint32_t>(failures_in_a_row_ + 1, 2);
              open_when_due();
            });
  }

  void opened(opened_stream& found) {
    generation_ = found.of;
    tail_ = committed_ = found.seq;
    const auto load = load_number_;
    try {
      derived().restore(found);
    } catch (const std::exception& defect) {
      // Caught to say what is wrong: an operator will want to know.
      log_error("entity-not-readable", {{"stream", stream_.packed()}, {"because", defect.what()}});
      return leave(to_error(errc::quarantined, defect.what()));
    }
    if (load != load_number_) return;
    loading_ = false;
    derived().resumed();
    for (auto& work : stash_.take_all()) {
      if (loading_)
        stash_.push(std::move(work));
      else
        work();
    }
  }

  stream_key stream_;
  generation generation_ = no_generation;
  uint64_t tail_ = 0;                 ///< Sequence number of the last event folded into `now_`.
  uint64_t committed_ = 0;            ///< Sequence number of the last durable event.
  uint64_t load_number_ = 0;          ///< Answers to what was asked before the last load are ignored.
  uint64_t last_append_ = 0;          ///< Appends are numbered: one that only notes a key has no sequence number of its own.
  uint64_t lost_from_ = 0;            ///< Appends from this one on are lost; 0: none.
  uint64_t incarnation_ = 0;          ///< Outcomes of appends made before the last load are ignored.
  std::optional<caf::error> ending_;  ///< Why the actor ends when nothing is in flight any more.
  uint32_t failures_in_a_row_ = 0;    ///< In a row, without a commit between.
  bool loading_ = false;
  fifo<entry> held_;
  fifo<std::function<void()>> stash_;
};

}  // namespace orderflow
