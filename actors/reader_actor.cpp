#include "actors/reader_actor.hpp"

#include <utility>

#include "base/log.hpp"

namespace orderflow {

reader_state::reader_state(reader_actor::pointer self, std::shared_ptr<reader> from, std::optional<watched_reads> watched)
    : self_(self), from_(std::move(from)), watched_(std::move(watched)) {}

reader_actor::behavior_type reader_state::make_behavior() {
  return {[this](read_task& task) { return run(task); }, [this](sweep_atom) { look(); }};
}

caf::result<void> reader_state::run(read_task& task) {
  try {
    if (watched_)
      read_watched(task);
    else
      task.run(*from_);
    return caf::unit;
  } catch (const store_error& why) {
    return to_error(errc::store_unavailable, why.what());
  } catch (const std::exception& why) {
    // A record that cannot be read fails the question that met it, not the thread that everybody asks.
    log_error("record-not-readable", {{"because", why.what()}});
    return to_error(errc::store_unavailable, why.what());
  }
}

/// A question may fail because its connection was lost, or by itself; the check tells whether others would fail too.
void reader_state::read_watched(read_task& task) {
  if (failing_) throw store_error{*failing_};
  auto& health = *watched_->health;
  const connection_at_work working{health};
  try {
    task.run(*from_);
    return health.worked();
  } catch (const store_error& why) {
    // Whoever waits has waited long enough; the next look tells whether it was the question's own fault.
    if (health.hangs()) {
      fails(why.what());
      throw;
    }
  }
  check();
  if (failing_) throw store_error{*failing_};
  try_again(task);
}

void reader_state::try_again(read_task& task) {
  try {
    task.run(*from_);
  } catch (const store_error& why) {
    log_warn("read-failed", {{"because", why.what()}, {"effect", "one request was answered 503; others can be read"}});
    throw;
  }
}

void reader_state::check() {
  const connection_at_work working{*watched_->health};
  try {
    ((*from_).*(watched_->check))();
    failing_.reset();
    watched_->health->worked();
  } catch (const store_error& why) {
    fails(why.what());
  }
}

void reader_state::fails(std::string why) {
  watched_->health->failed(why);
  failing_ = std::move(why);
  look_again();
}

/// While the store is away nobody asks, so somebody has to find out that it can be read again, or that it cannot. Begun before
/// the journal's waiting counts as an outage: by then it is known whether reads go on.
void reader_state::look() {
  looking_ = false;
  const auto& figures = *watched_->figures;
  if (failing_ || figures.store.away() || figures.journal_wait.now() >= connection_health::probe_every) check();
  look_again();
}

void reader_state::look_again() {
  if (!std::exchange(looking_, true)) self_->delayed_send(self_, connection_health::probe_every, sweep_atom_v);
}

}  // namespace orderflow
