// What is counted, in CAF's metric registry; /metrics prints it. Thread rule: counters are atomic, any actor.
#pragma once

#include <array>

#include <caf/all.hpp>
#include <caf/telemetry/counter.hpp>
#include <caf/telemetry/gauge.hpp>
#include <caf/telemetry/histogram.hpp>

#include "actors/append_wait.hpp"
#include "domain/order/status.hpp"

namespace orderflow {

struct metrics {
  using counter = caf::telemetry::int_counter;
  using gauge = caf::telemetry::int_gauge;
  using histogram = caf::telemetry::dbl_histogram;

  explicit metrics(caf::actor_system& sys);

  /// Before the registry is printed: what changes while nothing happens.
  void refresh() const { journal_queue_delay_us->value(journal_wait.now().count()); }

  /// Live figure per status; index = number of the status.
  std::array<gauge*, 7> orders_by_status{};
  gauge* orders_in_memory;
  gauge* orders_quarantined;
  counter* commands;
  counter* refusals;
  counter* reports;
  counter* reloads;   ///< Entities loaded again in place after a journal error.
  counter* restarts;  ///< Children started again after an exception.
  counter* passivations;
  counter* journal_batches;
  counter* journal_appends;
  counter* journal_rejected;
  counter* journal_unknown;
  histogram* journal_batch_size;  ///< Appends per batch.
  histogram* journal_commit_seconds;
  append_wait journal_wait;       ///< What admission looks at; shown as the gauge below.
  gauge* journal_queue;           ///< What waits for the next batch.
  gauge* journal_queue_delay_us;  ///< Of the oldest append; made anew whenever the figures are shown.
  gauge* journal_open_streams;    ///< Streams whose entities are in memory, as the journal knows.
  gauge* payments_in_flight;
  gauge* payments_waiting;    ///< Queued for a slot or for their next try.
  counter* payments_unknown;  ///< Charges that got no answer in time.
  counter* notifications_sent;
  counter* notifications_failed;
  counter* deadlines_fired;
};

}  // namespace orderflow
