#include "journal/writer.hpp"

#include <algorithm>
#include <utility>

#include "base/assert.hpp"

namespace orderflow {
namespace {

using std::chrono::steady_clock;

/// What an append is told when something it depends on is lost. The store being away is no conflict: deciding again at once
/// would only meet the same. What depends on an unknown outcome may have been in the same batch, and is as unknown.
append_outcome hanging_on(const append_outcome& lost) {
  const bool same = lost.status == append_status::unavailable || lost.status == append_status::unknown;
  const auto status = same ? lost.status : append_status::conflict;
  return {status, {}, std::nullopt, "what it hangs on was not committed: " + lost.detail};
}

}  // namespace

writer::writer(store& under, std::function<bool()> keep_waiting, try_failed tell)
    : under_{under}, keep_waiting_{std::move(keep_waiting)}, tell_failed_try_{std::move(tell)} {}

bool writer::idle() const { return !probing_ && queue_.empty() && opens_.empty() && !rows_are_due_; }

size_t writer::queued() const { return queue_.size() + opens_.size() + writes_.size(); }

std::optional<steady_clock::time_point> writer::oldest() const {
  if (queue_.empty()) return std::nullopt;
  return queue_.front().request.sent_at;
}

bool writer::cause_holds(const cause& after) const {
  const auto found = heads_.find(after.stream);
  if (found == heads_.end() || found->second.of != after.of) return false;
  const auto& at = found->second;
  return after.seq <= at.tail && (at.failed_from == 0 || after.seq < at.failed_from);
}

/// Empty: the append may be queued.
std::string writer::why_not(const append_request& request, head* at) const {
  if (at == nullptr || at->of != request.of) return "the stream is not open in this generation";
  if (at->closed) return "the stream was closed";
  if (at->failed_from != 0) return "an earlier append of the stream was not committed";
  if (request.expected_seq != at->tail) return "it does not follow the last queued append of the stream";
  if (request.after && !cause_holds(*request.after)) return "what it hangs on was not committed or is not known any more";
  return {};
}

void writer::append(append_request request, append_done done) {
  ORDERFLOW_ASSERT(!request.events.empty() || request.key);
  if (fenced_) return done({append_status::fenced, {}, std::nullopt, fenced_because_});
  auto found = heads_.find(request.stream);
  if (found == heads_.end() && request.of == no_generation && request.expected_seq == 0) {
    found = heads_.emplace(request.stream, head{}).first;
  }
  auto* at = found == heads_.end() ? nullptr : &found->second;
  if (auto why = why_not(request, at); !why.empty()) {
    // Appends decided on top of this one may fit the tail by accident, so the stream takes no more until it is opened again.
    if (at != nullptr && at->of == request.of && at->failed_from == 0) at->failed_from = at->tail + 1;
    return done({append_status::conflict, {}, std::nullopt, std::move(why)});
  }
  at->tail += request.events.size();
  ++at->queued;
  const auto key_hash = request.key ? hash_of(request.key->scope, request.key->key) : 0;
  if (request.sent_at == steady_clock::time_point{}) request.sent_at = steady_clock::now();
  queue_.push_back({std::move(request), key_hash, std::move(done)});
}

void writer::open(stream_key stream, open_done done, open_failed failed) {
  if (fenced_) return failed(fenced_because_);
  opens_.push_back({stream, std::move(done), std::move(failed)});
}

void writer::write(follower_write request, append_done done) {
  if (fenced_) return done({append_status::fenced, {}, std::nullopt, fenced_because_});
  rows_are_due_ = rows_are_due_ || !request.can_wait;
  writes_.push_back({std::move(request), std::move(done)});
}

void writer::close(stream_key stream, generation of) {
  const auto found = heads_.find(stream);
  if (found == heads_.end() || found->second.of != of) return;
  found->second.closed = true;
  if (found->second.queued == 0) heads_.erase(found);
}

bool writer::run_once() {
  if (fenced_) return false;
  outcome_.reset();
  if (!opens_.empty()) load_opens();
  auto taken = choose();
  const bool is_probe = std::exchange(probing_, false) && taken.work.empty();
  if (taken.work.empty() && !is_probe) return true;
  const auto started = steady_clock::now();
  auto outcome = attempt(taken.work);
  judge(outcome);
  if (is_probe && outcome.status != batch_status::fenced) return true;
  metrics_.last_commit = std::chrono::duration_cast<std::chrono::microseconds>(steady_clock::now() - started);
  switch (outcome.status) {
    case batch_status::committed: settle_committed(taken, outcome); break;
    case batch_status::rejected: settle_rejected(taken, outcome); break;
    case batch_status::unavailable: settle_lost(taken, {append_status::unavailable, {}, std::nullopt, outcome.detail}); break;
    case batch_status::unknown: settle_lost(taken, {append_status::unknown, {}, std::nullopt, outcome.detail}); break;
    case batch_status::fenced: settle_fenced(taken, outcome); break;
  }
  return !fenced_;
}

void writer::load_opens() {
  const auto count = static_cast<std::ptrdiff_t>(std::min(opens_.size(), max_opens));
  std::vector<open_entry> opens(std::make_move_iterator(opens_.begin()), std::make_move_iterator(opens_.begin() + count));
  opens_.erase(opens_.begin(), opens_.begin() + count);
  losses lost;
  std::vector<generation> given;
  for (const auto& each : opens) {
    if (const auto found = heads_.find(each.stream); found != heads_.end() && found->second.queued > 0) {
      lost[each.stream] = {
          found->second.of, 0, {append_status::conflict, {}, std::nullopt, "the stream was opened again"}, nullptr};
    }
    given.push_back(++last_generation_);
  }
  std::vector<answer> answers;
  if (!lost.empty()) drop(lost, answers);
  for (const auto& each : opens) heads_.erase(each.stream);
  tell(answers);
  answer_opens(opens, given);
}

void writer::answer_opens(std::vector<open_entry>& opens, const std::vector<generation>& given) {
  std::vector<stream_key> streams;
  streams.reserve(opens.size());
  for (const auto& each : opens) streams.push_back(each.stream);
  std::vector<opened_stream> loaded;
  try {
    loaded = load_twice(streams);
  } catch (const store_error& e) {
    const std::string why = e.what();
    doubt();
    for (auto& each : opens) each.failed(why);
    return;
  }
  ORDERFLOW_ASSERT(loaded.size() == opens.size());
  for (size_t i = 0; i < opens.size(); ++i) {
    loaded[i].of = given[i];
    heads_[opens[i].stream] = {given[i], loaded[i].seq, 0, 0, false};
  }
  for (size_t i = 0; i < opens.size(); ++i) opens[i].done(std::move(loaded[i]));
}

/// A lost connection is only noticed when it is used, and made anew by the next call: the second try often finds the store.
std::vector<opened_stream> writer::load_twice(const std::vector<stream_key>& streams) {
  try {
    return under_.load(streams);
  } catch (const store_error& e) {
    tell_failed_try_(e.what());
    if (!keep_waiting_()) throw;
  }
  return under_.load(streams);
}

void writer::settle_committed(chosen_work& taken, batch_outcome& outcome) {
  ORDERFLOW_ASSERT(outcome.positions.size() == taken.chosen.size());
  times_.committed();
  std::vector<answer> answers;
  answers.reserve(taken.chosen.size() + taken.writes);
  for (size_t n = 0; n < taken.chosen.size(); ++n) {
    auto& each = queue_[taken.chosen[n]];
    leave_queue(each.request);
    answers.push_back({std::move(each.done), {append_status::committed, outcome.positions[n], std::nullopt, {}}});
  }
  if (const auto count = taken.chosen.size(); count > 0 && taken.chosen.back() + 1 == count) {
    queue_.erase(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(count));
  } else {
    size_t place = 0;
    auto next = taken.chosen.begin();
    std::erase_if(queue_, [&](const entry&) {
      const bool gone = next != taken.chosen.end() && *next == place;
      ++place;
      if (gone) ++next;
      return gone;
    });
  }
  take_writes(taken.writes, {append_status::committed, {}, std::nullopt, {}}, answers);
  ++metrics_.batches;
  metrics_.appends += taken.chosen.size();
  metrics_.last_batch_size = static_cast<uint32_t>(taken.chosen.size());
  limit_ = std::min(limit_ * 2, max_batch);
  write_limit_ = std::min(write_limit_ * 2, max_writes);
  turn_ = turn_ == turn::appends ? turn::writes : turn::both;
  tell(answers);
}

void writer::settle_rejected(const chosen_work& taken, batch_outcome& outcome) {
  ++metrics_.rejected;
  if (outcome.rejected.empty()) return settle_unnamed(taken, outcome.detail);
  losses lost;
  for (auto& each : outcome.rejected) {
    ORDERFLOW_ASSERT(each.index < taken.chosen.size());
    lose(lost, *taken.work.appends[each.index], {each.status, {}, std::move(each.existing), std::move(each.detail)});
  }
  std::vector<answer> answers;
  drop(lost, answers);
  tell(answers);
}

/// Nobody is named: halve until the one that cannot be written stands alone. That is a bug of ours, not of the store.
void writer::settle_unnamed(const chosen_work& taken, const std::string& detail) {
  std::vector<answer> answers;
  const append_outcome broken{append_status::broken, {}, std::nullopt, detail};
  if (!taken.chosen.empty() && taken.writes > 0) {
    turn_ = turn::appends;
  } else if (taken.chosen.size() == 1) {
    losses lost;
    lose(lost, *taken.work.appends.front(), broken);
    drop(lost, answers);
  } else if (!taken.chosen.empty()) {
    limit_ = taken.chosen.size() / 2;
  } else if (taken.writes == 1) {
    take_writes(1, broken, answers);
  } else {
    write_limit_ = taken.writes / 2;
  }
  tell(answers);
}

void writer::settle_lost(const chosen_work& taken, const append_outcome& outcome) {
  losses lost;
  for (const auto* each : taken.work.appends) lose(lost, *each, outcome);
  std::vector<answer> answers;
  drop(lost, answers);
  take_writes(taken.writes, outcome, answers);
  tell(answers);
}

/// Nothing is written any more. Only of the batch that was in the store's hands may something have been.
void writer::settle_fenced(const chosen_work& taken, const batch_outcome& outcome) {
  fenced_ = true;
  fenced_because_ = outcome.detail;
  auto queue = std::exchange(queue_, {});
  auto writes = std::exchange(writes_, {});
  auto opens = std::exchange(opens_, {});
  rows_are_due_ = false;
  heads_.clear();
  const append_outcome fenced{append_status::fenced, {}, std::nullopt, outcome.detail};
  auto in_hand = fenced;
  if (outcome.may_be_written) in_hand.status = append_status::unknown;
  std::vector<answer> answers;
  for (auto& each : queue) answers.push_back({std::move(each.done), fenced});
  for (const auto place : taken.chosen) answers[place].outcome = in_hand;
  for (size_t n = 0; n < writes.size(); ++n) answers.push_back({std::move(writes[n].done), n < taken.writes ? in_hand : fenced});
  tell(answers);
  for (auto& each : opens) each.failed(fenced_because_);
}

/// Notes an append as lost; of two appends of one stream the earlier one is noted: the other depends on it.
void writer::lose(losses& lost, const append_request& request, append_outcome outcome) const {
  auto& noted = lost[request.stream];
  const auto from = request.expected_seq + 1;
  if (noted.from == 0 || from < noted.from) noted = {request.of, from, std::move(outcome), &request};
}

/// Takes what is lost out of the queue, and all that depends on it. One pass is enough: a cause always stands before its effect.
void writer::drop(losses& lost, std::vector<answer>& answers) {
  const auto hit = [&](stream_key stream, generation of, uint64_t seq) -> const loss* {
    const auto found = lost.find(stream);
    return found != lost.end() && found->second.of == of && seq >= found->second.from ? &found->second : nullptr;
  };
  std::erase_if(queue_, [&](entry& each) {
    const auto& request = each.request;
    const auto* by = hit(request.stream, request.of, each.first_seq());
    if (by == nullptr && request.after) by = hit(request.after->stream, request.after->of, request.after->seq);
    if (by == nullptr) return false;
    // Not by the number: an append without events has that of the one behind it.
    auto outcome = by->itself == &request ? by->outcome : hanging_on(by->outcome);
    if (hit(request.stream, request.of, each.first_seq()) == nullptr) lose(lost, request, outcome);
    leave_queue(request);
    answers.push_back({std::move(each.done), std::move(outcome)});
    return true;
  });
  for (const auto& [stream, each] : lost) {
    const auto found = heads_.find(stream);
    if (found == heads_.end() || found->second.of != each.of) continue;
    auto& at = found->second;
    if (at.failed_from == 0 || each.from < at.failed_from) at.failed_from = std::max<uint64_t>(each.from, 1);
  }
}

void writer::take_writes(size_t count, const append_outcome& outcome, std::vector<answer>& answers) {
  for (; count > 0; --count) {
    answers.push_back({std::move(writes_.front().done), outcome});
    writes_.pop_front();
  }
  if (writes_.empty()) rows_are_due_ = false;
}

void writer::leave_queue(const append_request& request) {
  const auto found = heads_.find(request.stream);
  if (found == heads_.end() || found->second.of != request.of) return;
  --found->second.queued;
  if (found->second.closed && found->second.queued == 0) heads_.erase(found);
}

void writer::tell(std::vector<answer>& answers) {
  for (auto& each : answers) each.done(std::move(each.outcome));
}

}  // namespace orderflow
