#include "cli/outage_watch.hpp"

#include <algorithm>
#include <utility>

#include "base/log.hpp"

namespace orderflow {

namespace {

int64_t ms_between(outage_watch::time_point from, outage_watch::time_point to) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(to - from).count();
}

}  // namespace

void outage_watch::look(const outage_signs& now, time_point at) {
  look_at_store(now, at);
  look_at_load(now, at);
}

/// From the first beginning to the last end of those that have ended.
std::optional<store_outage> outage_watch::ended_since(const std::vector<store_outage>& last) {
  ended_.resize(last.size());
  std::optional<store_outage> whole;
  for (size_t n = 0; n < last.size(); ++n) {
    if (std::exchange(ended_[n], last[n].number) == last[n].number) continue;
    if (!whole) {
      whole = last[n];
      continue;
    }
    if (last[n].since < whole->since) whole->reason = last[n].reason;
    whole->since = std::min(whole->since, last[n].since);
    whole->until = std::max(whole->until, last[n].until);
  }
  return whole;
}

void outage_watch::look_at_store(const outage_signs& now, time_point at) {
  if (const auto ended = ended_since(now.last_outages)) {
    // It may have begun and ended since the last look: then this is the first that is told of it.
    if (!store_) store_lost(ended->since, ended->until, ended->reason);
    // Another thread may have lost the store before this one found it again: then the outage goes on.
    if (!now.store_away || at - now.store_away_for > ended->until) {
      log_warn("store-back", {{"duration_ms", ms_between(store_->since, ended->until)},
                              {"because", ended->reason},
                              {"refused", now.refused_store_away - store_->refused_before}});
      store_.reset();
      refused_while_well_ = now.refused_store_away;
    }
  }
  if (now.store_away && !store_) store_lost(at - now.store_away_for, at, now.store_reason);
  // What is refused between two looks belongs to the outage that the second one finds.
  if (!store_) refused_while_well_ = now.refused_store_away;
}

void outage_watch::store_lost(time_point since, time_point until, const std::string& reason) {
  store_ = trouble{since, refused_while_well_};
  log_error("store-lost", {{"because", reason},
                           {"away_ms", ms_between(since, until)},
                           {"effect", "writes are answered 503 at once; they go on by themselves when it is back"}});
}

void outage_watch::look_at_load(const outage_signs& now, time_point at) {
  if (now.refused_overloaded != last_overloaded_) {
    if (!load_) {
      load_ = trouble{at, last_overloaded_};
      log_warn("overload-began", {{"effect", "what would have to wait too long is answered 503 at once"}});
    }
    last_overloaded_ = now.refused_overloaded;
    last_refusal_ = at;
  } else if (load_ && at - last_refusal_ >= overload_ends_after) {
    log_warn("overload-ended",
             {{"duration_ms", ms_between(load_->since, last_refusal_)}, {"refused", last_overloaded_ - load_->refused_before}});
    load_.reset();
  }
}

}  // namespace orderflow
