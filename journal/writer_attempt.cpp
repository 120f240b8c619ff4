// Giving a batch to the store: again and again for a while, and with a rehearsal where it is doubtful who is to blame.
#include <algorithm>
#include <thread>
#include <utility>

#include "journal/rehearsal.hpp"
#include "journal/writer.hpp"

namespace orderflow {
namespace {

using std::chrono::steady_clock;

/// How long a batch that the store does not take is tried again before its appends are told so. Short: entities reload and
/// clients get a 503 with Retry-After, which is better than a queue that stands still.
constexpr milliseconds unavailable_timeout{2000};

/// The pause between two tries, doubled each time.
class growing_pause {
 public:
  [[nodiscard]] milliseconds next() const { return next_; }
  void sleep() {
    std::this_thread::sleep_for(next_);
    next_ = std::min(next_ * 2, milliseconds{500});
  }

 private:
  milliseconds next_{20};
};

}  // namespace

void writer::doubt() {
  // One that doubts already is probed anyway, at its own pace.
  if (!std::exchange(doubting_, true)) probing_ = true;
}

/// What is rejected without anybody being named is the store's fault where a rehearsal is rejected too.
batch_outcome writer::attempt(const batch& work) {
  if (doubting_) {
    auto rehearsed = rehearse();
    if (rehearsed.status != batch_status::committed || work.empty()) return rehearsed;
    doubting_ = false;
  }
  auto outcome = commit_until_known(work, unavailable_timeout);
  if (outcome.status != batch_status::rejected || !outcome.rejected.empty()) return outcome;
  auto rehearsed = rehearse();
  return rehearsed.status == batch_status::committed && !work.empty() ? outcome : rehearsed;
}

/// Tried once: either it was written, or nothing was and the store is to blame, or it is not ours any more.
batch_outcome writer::rehearse() {
  batch nothing;
  nothing.rehearsal = true;
  auto outcome = commit_until_known(nothing, milliseconds{0});
  outcome.may_be_written = false;
  if (outcome.status == batch_status::fenced) return outcome;
  if (outcome.status != batch_status::committed) {
    outcome.status = batch_status::unavailable;
    return outcome;
  }
  try {
    static_cast<void>(under_.load(rehearsed_streams));
  } catch (const store_error& e) {
    return {batch_status::unavailable, {}, {}, e.what()};
  }
  return outcome;
}

void writer::judge(const batch_outcome& outcome) {
  const bool failed = outcome.status == batch_status::unavailable || outcome.status == batch_status::unknown;
  if (failed) doubting_ = true;
  if (outcome.status == batch_status::committed) {
    doubting_ = false;
    outcome_ = store_outcome{true, {}};
  }
  if (failed || outcome.status == batch_status::fenced) outcome_ = store_outcome{false, outcome.detail};
}

batch_outcome writer::commit_until_known(const batch& work, milliseconds timeout) {
  growing_pause pause;
  const auto give_up = steady_clock::now() + timeout;
  for (;;) {
    auto outcome = under_.commit(work);
    if (outcome.status == batch_status::unknown) {
      ++metrics_.unknown_outcomes;
      const auto why = std::move(outcome.detail);
      tell_failed_try_(why);
      outcome = resolve_until_known(work);
      if (outcome.status == batch_status::unavailable) outcome.detail += ": " + why;
    }
    if (outcome.status != batch_status::unavailable) return outcome;
    tell_failed_try_(outcome.detail);
    if (steady_clock::now() + pause.next() > give_up || !keep_waiting_()) return outcome;
    pause.sleep();
  }
}

/// `unavailable` stands for "certainly not committed": the batch is sent again like any other that did not get through.
batch_outcome writer::resolve_until_known(const batch& work) {
  growing_pause pause;
  for (;;) {
    batch_outcome outcome;
    switch (under_.resolve(work, outcome.positions)) {
      case resolution::committed: outcome.status = batch_status::committed; return outcome;
      case resolution::not_committed:
        return {batch_status::unavailable, {}, {}, "the answer to COMMIT was lost and nothing had been written"};
      case resolution::fenced: return {batch_status::fenced, {}, {}, "another process took the writer's place", true};
      case resolution::still_unknown: break;
    }
    if (!keep_waiting_()) return {batch_status::unknown, {}, {}, "the store did not come back in time"};
    pause.sleep();
  }
}

}  // namespace orderflow
