#include "cli/outage_signs.hpp"

#include "actors/metrics.hpp"
#include "http/service.hpp"

namespace orderflow {

outage_signs signs_of(const metrics& figures, const http_service& http) {
  outage_signs signs;
  signs.last_outages = figures.store.last_outages();
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
    notes.push_back("orders cannot be written since " + std::to_string(figures.store.away_for().count()) +
                    " ms: " + figures.store.reason() + "; they are answered 503 at once, and taken again by themselves");
  int64_t needing = 0;
  for (const auto* each : figures.orders_needing_operator) needing += each != nullptr ? each->value() : 0;
  if (needing > 0) notes.push_back(std::to_string(needing) + " orders wait for a person: GET /api/v1/attention");
  if (figures.orders_quarantined->value() > 0)
    notes.push_back(std::to_string(figures.orders_quarantined->value()) + " orders are held back: GET /api/v1/quarantine");
  if (const auto lost = figures.payment_gateway.outage()) notes.push_back("the payment gateway is away: " + lost->reason);
  if (const auto lost = figures.mail.outage()) notes.push_back("no message can be delivered: " + lost->reason);
}

}  // namespace orderflow
