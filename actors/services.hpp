// What actors need of each other and of the process. Filled in once by the guardian before the first request, read-only
// afterwards, emptied when all actors have stopped (its handles keep them alive).
#pragma once

#include <memory>
#include <vector>

#include "actors/metrics.hpp"
#include "actors/tenant_directory.hpp"
#include "messages/interfaces.hpp"

namespace orderflow {

/// Limits and pauses of the actors; the defaults are those of docs/configuration.md.
struct actor_settings {
  milliseconds passivate_after = std::chrono::seconds{5};  ///< An idle order leaves memory.
  uint32_t restarts_before_quarantine = 5;                 ///< Exceptions within `restart_window`.
  milliseconds restart_window = std::chrono::seconds{60};
  milliseconds restart_pause = milliseconds{50};           ///< First pause before a restart; doubles.
  uint32_t waiters_per_order = 64;                         ///< Callers waiting for one order to settle.
  uint32_t resumes_at_once = 256;                          ///< Orders resumed at the same time after a start.
  milliseconds payment_timeout = std::chrono::seconds{2};  ///< Without an answer by then the outcome is unknown.
  uint32_t payments_in_flight = 1024;                      ///< Calls to the gateway at once.
  uint32_t payment_queries_in_flight = 64;                 ///< Besides them: calls that are made again.
  milliseconds payment_retry_first = milliseconds{100};
  milliseconds payment_retry_most = std::chrono::seconds{10};
  milliseconds timer_window = std::chrono::seconds{60};        ///< How far ahead deadlines are kept in memory.
  uint32_t deadlines_at_once = 256;                            ///< Told to orders that have not looked at them yet.
  uint32_t ids_per_block = 256;                                ///< Order ids a shard reserves at a time.
  uint32_t messages_per_hour = 10'000;                         ///< Messages that one principal may ask for.
  milliseconds message_retry_first = std::chrono::seconds{1};  ///< Pause before a message is delivered again; doubles.
  milliseconds message_retry_most = std::chrono::minutes{5};
  milliseconds message_expiry = std::chrono::hours{72};  ///< A message that cannot be delivered for so long is given up.
  bool sandbox_recipients = false;                       ///< Whoever has no known address is written to at the sandbox.
};

struct services {
  actor_settings limits;
  std::shared_ptr<const clock> time;
  std::shared_ptr<metrics> figures;
  journal_actor journal;
  reader_actor lookups;                   ///< Short questions on the order path.
  reader_actor lists;                     ///< Lists and histories, which may take longer.
  reader_actor upkeep;                    ///< Deadlines, followers and what is resumed: never behind somebody's list.
  std::vector<reader_actor> key_lookups;  ///< Whether a key is known: several at a time.
  /// Of whom there is a warehouse and a catalogue; `tenants` makes those that are not there yet.
  std::shared_ptr<tenant_directory> directory;
  tenants_actor tenants;
  std::vector<accounts_actor> accounts;  ///< By shard.
  payment_actor payments;
  carrier_actor shipments;
  cart_actor carts;  ///< nullptr where the carts are our own.
  notification_actor notifications;
  timer_actor timers;
  std::vector<shard_actor> shards;

  [[nodiscard]] const reader_actor& key_lookup_of(const key_claim& claim) const {
    return key_lookups[hash_of(claim.scope, claim.key) % key_lookups.size()];
  }
  [[nodiscard]] const accounts_actor& accounts_of(const account_key& who) const {
    return accounts[static_cast<uint64_t>(stream_of(who).id) % accounts.size()];
  }
  /// Any number a client sends has a shard, so that it is told there is no such order.
  [[nodiscard]] const shard_actor& shard_of(order_id id) const { return shards[static_cast<uint64_t>(id.value) % shard_count]; }
};

using services_ptr = std::shared_ptr<const services>;

}  // namespace orderflow
