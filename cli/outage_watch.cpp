#include "cli/outage_watch.hpp"

#include "base/log.hpp"

namespace orderflow {

namespace {

int64_t ms_between(outage_watch::time_point from, outage_watch::time_point to) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(to - from).count();
}

}  // namespace

outage_signs signs_of(const metrics& figures, const http_service& http) {
  outage_signs signs;
  signs.store_away = figures.store.away();
  if (signs.store_away) {
    signs.store_away_for = figures.store.away_for();
    signs.store_reason = figures.store.reason();
  }
  signs.refused_store_away = http.refused(shed_reason::store_away);
  signs.refused_overloaded = http.refused(shed_reason::load) + http.refused(shed_reason::payments);
  return signs;
}

void add_outage_notes(std::vector<std::string>& notes, const metrics& figures) {
  if (figures.store.away())
    notes.push_back("the journal takes no writes since " + std::to_string(figures.store.away_for().count()) +
                    " ms: " + figures.store.reason() + "; they are answered 503 at once, and taken again by themselves");
  int64_t needing = 0;
  for (const auto* each : figures.orders_needing_operator) needing += each != nullptr ? each->value() : 0;
  if (needing > 0) notes.push_back(std::to_string(needing) + " orders wait for a person: GET /api/v1/attention");
  if (figures.orders_quarantined->value() > 0)
    notes.push_back(std::to_string(figures.orders_quarantined->value()) + " orders are held back: GET /api/v1/quarantine");
  if (const auto lost = figures.payment_gateway.outage()) notes.push_back("the payment gateway is away: " + lost->reason);
  if (const auto lost = figures.mail.outage()) notes.push_back("no message can be delivered: " + lost->reason);
}

void outage_watch::look(const outage_signs& now, time_point at) {
  look_at_store(now, at);
  look_at_load(now, at);
}

void outage_watch::look_at_store(const outage_signs& now, time_point at) {
  if (now.store_away && !store_) {
    store_ = trouble{at - now.store_away_for, refused_while_well_};
    log_error("store-lost", {{"because", now.store_reason},
                             {"away_ms", now.store_away_for.count()},
                             {"effect", "writes are answered 503 at once; they go on by themselves when it is back"}});
  } else if (!now.store_away && store_) {
    log_warn("store-back",
             {{"duration_ms", ms_between(store_->since, at)}, {"refused", now.refused_store_away - store_->refused_before}});
    store_.reset();
  }
  // What is refused between two looks belongs to the outage that the second one finds.
  if (!store_) refused_while_well_ = now.refused_store_away;
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
