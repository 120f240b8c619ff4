#include "cli/outage_watch.hpp"

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

void outage_watch::look_at_store(const outage_signs& now, time_point at) {
  if (now.store_away && !store_) {
    store_ = trouble{at - now.store_away_for, now.refused_store_away};
    log_error("store-lost", {{"because", now.store_reason},
                             {"away_ms", now.store_away_for.count()},
                             {"effect", "writes are answered 503 at once; they go on by themselves when it is back"}});
  } else if (!now.store_away && store_) {
    log_warn("store-back",
             {{"duration_ms", ms_between(store_->since, at)}, {"refused", now.refused_store_away - store_->refused_before}});
    store_.reset();
  }
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
