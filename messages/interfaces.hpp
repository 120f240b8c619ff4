// The typed interface of every actor: what it can be asked, what it answers. Messages stay within the process; answers that
// are not `void` are requested with `caf::infinite` (deadlines are data, see actors/timer_actor.hpp) and taken with `.then`.
#pragma once

#include "messages/type_ids.hpp"

namespace orderflow {

/// Runs questions to the store on its own thread, one after the other. Fails with errc::store_unavailable.
using reader_actor = caf::typed_actor<caf::result<void>(read_task),
                                      // From the first one on it is tried again and again while the store is away, see
                                      // actors/store_health.hpp. Only to those that requests wait for.
                                      caf::result<void>(sweep_atom)>;

/// The one writer of the store. Its own thread.
using journal_actor = caf::typed_actor<
    // Queues an append; answered when its outcome is known. Never fails otherwise.
    caf::result<append_outcome>(append_request),
    // Loads a stream and gives it a new generation. Fails with errc::store_unavailable.
    caf::result<opened_stream>(opening_atom, stream_key),
    // The entity of that generation has left memory.
    caf::result<void>(closing_atom, stream_key, generation),
    // Rows and cursor of a follower.
    caf::result<append_outcome>(follower_write),
    // Reserves order ids of a shard. Fails with errc::store_unavailable.
    caf::result<id_block>(uint32_t, uint32_t),
    // The number of a tenant, durable. Fails with errc::store_unavailable.
    caf::result<int64_t>(tenant_atom, std::string),
    // From the first one on the store is probed when it has nothing to do, see actors/store_health.hpp.
    caf::result<void>(sweep_atom),
    // INTERNAL: everything that was queued before this message makes a batch; the number tells stale ones.
    caf::result<void>(commit_atom, uint64_t)>;

/// The stock of one tenant's warehouse; the only writer of its stream.
using inventory_actor = caf::typed_actor<
    // Answered as soon as it is decided, ahead of the commit, with the `after` that the asker's own append has to name;
    // adjustments are answered after their commit.
    caf::result<stock_reply>(stock_request),
    // The present level, reservations in flight included.
    caf::result<stock_level>(caf::get_atom, product_id)>;

/// One tenant's catalogue; the only writer of its stream.
using catalogue_actor = caf::typed_actor<
    // Answered with the new snapshot, once durable.
    caf::result<product_reply>(product_request), caf::result<catalogue_snapshot>(caf::get_atom)>;

/// Starts the warehouse and the catalogue of a tenant that has just been seen.
using tenants_actor = caf::typed_actor<
    // Answered with its number once the directory (actors/tenant_directory.hpp) has it. Fails with errc::store_unavailable.
    caf::result<int64_t>(tenant_atom, std::string),
    // The same by number, for an order whose tenant another process saw first. Fails with errc::quarantined: there is no such.
    caf::result<void>(tenant_atom, int64_t)>;

/// One order.
using order_actor = caf::typed_actor<
    // A command or a read. Answered once what it saw or led to is durable.
    caf::result<order_reply>(order_request),
    // The order's first command.
    caf::result<order_reply>(create_request),
    // A report from outside: recorded, never refused, not answered.
    caf::result<void>(order_report),
    // Answered when it has been looked at, or the order has ended.
    caf::result<void>(deadline_due),
    // What the order waits for outside.
    caf::result<void>(effect_progress),
    // Answered when the order is loaded and what it owes is under way.
    caf::result<void>(resume_atom),
    // Leave memory if nothing is going on; otherwise tells the supervisor `busy_atom`.
    caf::result<void>(passivate_atom)>;

/// Supervisor of the orders of one shard: the only way to an order.
using shard_actor = caf::typed_actor<caf::result<order_reply>(create_request), caf::result<order_reply>(order_request),
                                     caf::result<void>(order_report), caf::result<void>(deadline_due),
                                     caf::result<void>(effect_progress, order_id),
                                     // Starts the order if needed and lets it do what it owes.
                                     caf::result<void>(resume_atom, order_id),
                                     // INTERNAL: the child stays in memory.
                                     caf::result<void>(busy_atom, order_id),
                                     // INTERNAL: looks for idle children.
                                     caf::result<void>(sweep_atom),
                                     // INTERNAL: the pause before a restart is over.
                                     caf::result<void>(reopen_atom, order_id),
                                     // Orders held back.
                                     caf::result<std::vector<quarantine_note>>(caf::get_atom),
                                     // Tries a quarantined order again; false: it was not quarantined.
                                     caf::result<bool>(redrive_atom, order_id)>;

/// What is kept of one customer; the only writer of its stream.
using account_actor = caf::typed_actor<
    // Answered once what it saw or led to is durable.
    caf::result<account_reply>(account_request),
    // Leave memory if nothing is going on; otherwise tells the supervisor `busy_atom`.
    caf::result<void>(passivate_atom)>;

/// Supervisor of all accounts in use: the only way to one.
using accounts_actor = caf::typed_actor<caf::result<account_reply>(account_request),
                                        // INTERNAL: the child stays in memory.
                                        caf::result<void>(busy_atom, account_key),
                                        // INTERNAL: looks for idle children.
                                        caf::result<void>(sweep_atom),
                                        // INTERNAL: the pause before a restart is over.
                                        caf::result<void>(reopen_atom, account_key)>;

/// Talks to the payment gateway: joins calls by key, limits how many are under way, asks again until an answer is definite.
/// Outcomes go to the order's id, through its shard, never to a handle that may be dead.
using payment_actor =
    caf::typed_actor<caf::result<void>(charge_order), caf::result<void>(refund_money), caf::result<void>(end_refund),
                     // Answered with what the gateway says. Fail with errc::gateway_unavailable where it
                     // does not answer in time, with errc::overloaded where too many wait already.
                     caf::result<card_answer>(card_to_store), caf::result<card_answer>(method_question),
                     caf::result<refund_answer>(refund_question), caf::result<charge_answer>(charge_question),
                     // What has been tried in vain so far, those that wait longest first.
                     caf::result<std::vector<effect_progress>>(caf::get_atom),
                     // INTERNAL: answers of the gateway, from its callbacks.
                     caf::result<void>(charge_answer), caf::result<void>(refund_answer),
                     // INTERNAL: the same for questions, by their number.
                     caf::result<void>(uint64_t, card_answer), caf::result<void>(uint64_t, refund_answer),
                     caf::result<void>(uint64_t, charge_answer),
                     // INTERNAL: calls without an answer, retries that are due.
                     caf::result<void>(sweep_atom)>;

/// Books shipments, the same way.
using carrier_actor = caf::typed_actor<caf::result<void>(book_shipment),
                                       // INTERNAL: the carrier's answer to the booking of this order.
                                       caf::result<void>(order_id, booking_answer), caf::result<void>(sweep_atom)>;

/// The way to a cart service; absent where the carts are our own. Fails with errc::gateway_unavailable.
using cart_actor = caf::typed_actor<caf::result<fetched_cart>(cart_call),
                                    // INTERNAL: the service's answer to the call of that number.
                                    caf::result<void>(uint64_t, fetched_cart)>;

/// Tells people what happened. Follows the journal: told facts are the quick way, its cursor covers what a crash swallowed.
using notification_actor = caf::typed_actor<caf::result<void>(committed_event),
                                            // Answered once it is durable; its delivery follows.
                                            caf::result<message_reply>(requested_message), caf::result<void>(sweep_atom),
                                            // Tries the message of that number again that was given up; false: it was not.
                                            caf::result<bool>(redrive_atom, int64_t),
                                            // INTERNAL: a message is due; the number tells stale ones.
                                            caf::result<void>(due_atom, uint64_t),
                                            // Drain: answered when what was delivered is recorded, or cannot be.
                                            caf::result<void>(passivate_atom),
                                            // INTERNAL: goes on telling what the sweep found.
                                            caf::result<void>(resume_atom)>;

/// Fires deadlines: those in its window from a timing wheel, the later ones found in the store when their window comes.
using timer_actor = caf::typed_actor<caf::result<void>(armed_deadline), caf::result<void>(sweep_atom),
                                     // Answered after that pause: for pauses of which there may be very many at once.
                                     caf::result<void>(reopen_atom, caf::timespan)>;

/// The bridge of an I/O thread, see http/bridge/actor_bridge.hpp.
using bridge_actor = caf::typed_actor<caf::result<void>(exchange), caf::result<void>(assigned_id), caf::result<void>(sweep_atom)>;

/// A failure as CAF carries it, and back. Errors of CAF itself (a promise broken by a crash) are
/// errc::outcome_unknown: what was asked may have taken place.
[[nodiscard]] caf::error to_error(errc code, std::string detail);
/// What is told of an append that was not committed, or of which that is not known.
[[nodiscard]] caf::error to_error(const append_outcome& lost);
[[nodiscard]] failure to_failure(const caf::error& why);
/// For people: what was said about the error, or else its code in words; never the framework's own notation.
[[nodiscard]] std::string sentence_of(const caf::error& why);

}  // namespace orderflow
