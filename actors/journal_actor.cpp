#include "actors/journal_actor.hpp"

#include "base/crash_point.hpp"
#include "base/log.hpp"

namespace orderflow {

namespace {

/// While the store has work in its hands, which may take for ever.
class at_work {
 public:
  at_work(metrics& figures, std::chrono::steady_clock::time_point oldest) : metrics_(figures) {
    metrics_.journal_wait.begins(oldest);
    metrics_.store.journal.begins();
  }
  ~at_work() {
    metrics_.journal_wait.ends();
    metrics_.store.journal.ends();
  }
  at_work(const at_work&) = delete;
  at_work& operator=(const at_work&) = delete;

 private:
  metrics& metrics_;
};

}  // namespace

journal_state::journal_state(journal_actor::pointer self, std::shared_ptr<store> under, std::shared_ptr<metrics> figures,
                             std::shared_ptr<const std::atomic<bool>> stop_waiting)
    : self_(self),
      under_(std::move(under)),
      metrics_(std::move(figures)),
      writer_(
          *under_, [stop = std::move(stop_waiting)] { return !stop->load(); },
          [figures = metrics_](const std::string& why) { figures->store.journal.try_failed(why); }) {}

journal_actor::behavior_type journal_state::make_behavior() {
  return {[this](append_request& request) { return append(request); },
          [this](opening_atom, stream_key stream) { return open(stream); },
          [this](closing_atom, stream_key stream, generation of) { close(stream, of); },
          [this](follower_write& request) { return write(request); },
          [this](uint32_t shard, uint32_t count) { return reserve(shard, count); },
          [this](tenant_atom, const std::string& tenant) { return number_of(tenant); },
          [this](sweep_atom) { look(); },
          [this](commit_atom, uint64_t of) { commit(of); }};
}

caf::result<append_outcome> journal_state::append(append_request& request) {
  auto promise = self_->make_response_promise<append_outcome>();
  writer_.append(std::move(request), [promise](append_outcome outcome) mutable { promise.deliver(std::move(outcome)); });
  wake();
  return promise;
}

caf::result<opened_stream> journal_state::open(stream_key stream) {
  auto promise = self_->make_response_promise<opened_stream>();
  writer_.open(
      stream, [promise](opened_stream found) mutable { promise.deliver(std::move(found)); },
      [promise](std::string why) mutable { promise.deliver(to_error(errc::store_unavailable, std::move(why))); });
  wake();
  return promise;
}

void journal_state::close(stream_key stream, generation of) {
  writer_.close(stream, of);
  metrics_->journal_open_streams->value(static_cast<int64_t>(writer_.open_streams()));
}

caf::result<append_outcome> journal_state::write(follower_write& request) {
  auto promise = self_->make_response_promise<append_outcome>();
  const bool can_wait = request.can_wait;
  writer_.write(std::move(request), [promise](append_outcome outcome) mutable { promise.deliver(std::move(outcome)); });
  can_wait ? write_within(writer::most_wait) : wake();
  return promise;
}

caf::result<id_block> journal_state::reserve(uint32_t shard, uint32_t count) {
  try {
    const at_work working{*metrics_, std::chrono::steady_clock::now()};
    auto block = under_->reserve_ids(shard, count);
    crash_point("journal-ids-reserved");
    if (!writer_.doubts()) took_write();
    return block;
  } catch (const store_error& why) {
    doubt();
    return to_error(errc::store_unavailable, why.what());
  }
}

caf::result<int64_t> journal_state::number_of(const std::string& tenant) {
  try {
    const at_work working{*metrics_, std::chrono::steady_clock::now()};
    return under_->number_of_tenant(tenant);
  } catch (const store_error& why) {
    doubt();
    return to_error(errc::store_unavailable, why.what());
  }
}

void journal_state::write_within(std::chrono::milliseconds most_wait) {
  if (write_is_planned_) return;
  write_is_planned_ = true;
  self_->run_delayed(most_wait, [this] {
    write_is_planned_ = false;
    writer_.wait_no_longer();
    wake();
  });
}

/// It may have been the failure of that one statement; a rehearsal tells.
void journal_state::doubt() {
  writer_.doubt();
  wake();
}

/// What is in the mailbox by the time the commit message is reached becomes one batch: natural batching without a timer.
void journal_state::wake() {
  if (!woken_ && !writer_.idle()) {
    woken_ = true;
    self_->send(self_, commit_atom_v, ++wake_);
  } else if (writer_.queued() >= writer::max_batch) {
    commit(wake_);
  }
}

void journal_state::commit(uint64_t of) {
  if (of != wake_) return;
  woken_ = false;
  ++wake_;
  const bool is_probe = writer_.queued() == 0;  // Nobody waits for it: a crash there would prove nothing.
  if (!is_probe) crash_point("journal-before-commit");
  const auto ours = run_once();
  if (!is_probe) crash_point("journal-after-commit");
  note_metrics();
  if (!ours) return stop_writing();
  wake();
}

/// Whose place was taken by another process is `fenced`; where the store itself takes no more writes, it is `store_unavailable`.
void journal_state::stop_writing() {
  const auto by = under_->taken_by();
  const auto why = by ? "the writer's place was taken by " + *by : writer_.fenced_because();
  log_error("journal-fenced", {{"because", why}, {"effect", "nothing is written any more: stopping"}});
  self_->quit(to_error(by ? errc::fenced : errc::store_unavailable, why));
}

bool journal_state::run_once() {
  const at_work working{*metrics_, writer_.oldest().value_or(std::chrono::steady_clock::now())};
  const auto ours = writer_.run_once();
  if (const auto& outcome = writer_.outcome()) {
    if (outcome->taken)
      took_write();
    else
      metrics_->store.journal.failed(outcome->detail);
  }
  return ours;
}

void journal_state::took_write() {
  last_write_ = std::chrono::steady_clock::now();
  metrics_->store.journal.worked();
}

/// Orders that come while the store is away are refused at the door, so somebody else has to find out that it is back.
void journal_state::look() {
  constexpr auto every = connection_health::probe_every;
  const auto age = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - last_write_);
  // The next look is due when the last write has that age, not a whole pause later.
  const bool is_fresh = age < every && metrics_->store.journal.worked_lately();
  self_->delayed_send(self_, is_fresh ? every - age : every, sweep_atom_v);
  if (is_fresh) return;
  writer_.probe();
  wake();
}

void journal_state::note_metrics() {
  const auto& now = writer_.figures();
  auto batches = now.batches - noted_.batches;
  if (batches > 0) {
    metrics_->journal_batches->inc(static_cast<int64_t>(batches));
    metrics_->journal_appends->inc(static_cast<int64_t>(now.appends - noted_.appends));
    metrics_->journal_batch_size->observe(now.last_batch_size);
    metrics_->journal_commit_seconds->observe(static_cast<double>(now.last_commit.count()) / 1e6);
  }
  metrics_->journal_open_streams->value(static_cast<int64_t>(writer_.open_streams()));
  metrics_->journal_queue->value(static_cast<int64_t>(writer_.queued()));
  if (now.rejected > noted_.rejected) metrics_->journal_rejected->inc(static_cast<int64_t>(now.rejected - noted_.rejected));
  if (now.unknown_outcomes > noted_.unknown_outcomes)
    metrics_->journal_unknown->inc(static_cast<int64_t>(now.unknown_outcomes - noted_.unknown_outcomes));
  noted_ = now;
}

}  // namespace orderflow
