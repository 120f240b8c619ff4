// What is counted, in CAF's metric registry; /metrics prints it. Thread rule: counters are atomic, any actor.
#pragma once

#include <array>

#include <caf/all.hpp>
#include <caf/telemetry/counter.hpp>
#include <caf/telemetry/gauge.hpp>
#include <caf/telemetry/histogram.hpp>

#include "actors/append_wait.hpp"
#include "actors/dependency_health.hpp"
#include "actors/store_health.hpp"
#include "domain/order/status.hpp"

namespace orderflow {

struct metrics {
  using counter = caf::telemetry::int_counter;
  using gauge = caf::telemetry::int_gauge;
  using seconds_gauge = caf::telemetry::dbl_gauge;
  using histogram = caf::telemetry::dbl_histogram;

  explicit metrics(caf::actor_system& sys);

  /// Before the registry is printed: what changes while nothing happens.
  void refresh() const;

  /// Live figure per status; index = number of the status.
  std::array<gauge*, 7> orders_by_status{};
  /// Orders that wait for a person; index = number of the reason.
  std::array<gauge*, 16> orders_needing_operator{};
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
  store_health store;                  ///< What readiness and admission look at.
  append_wait journal_wait;            ///< What admission looks at; shown as the gauge below.
  gauge* journal_queue;                ///< What waits for the next batch.
  seconds_gauge* journal_queue_delay;  ///< Of the oldest append; made anew whenever metrics are shown.
  gauge* journal_open_streams;         ///< Streams whose entities are in memory, as the journal knows.
  gauge* payments_in_flight;
  gauge* payments_waiting;         ///< Queued for a slot or for their next try.
  gauge* refunds_waiting;          ///< Of these and of those in flight: refunds without a definite answer.
  seconds_gauge* payments_oldest;  ///< How long the charge or refund waits that has waited longest.
  counter* payments_unknown;       ///< Charges that got no answer in time.
  counter* notifications_sent;
  counter* notifications_failed;
  counter* messages_given_up;
  counter* deadlines_fired;
  dependency_health payment_gateway;
  dependency_health mail;
  gauge* payment_gateway_away;  ///< 1: away. As the next two, made anew whenever metrics are shown.
  gauge* mail_away;
  gauge* store_away;
};

}  // namespace orderflow
