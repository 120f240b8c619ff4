#include "actors/metrics.hpp"

#include "codec/order_json.hpp"

namespace orderflow {

namespace {

constexpr const char* prefix = "orderflow";

}  // namespace

metrics::metrics(caf::actor_system& sys) {
  auto& all = sys.metrics();
  auto count = [&](const char* name, const char* what) { return all.counter_singleton(prefix, name, what, "1", true); };
  auto level = [&](const char* name, const char* what) { return all.gauge_singleton(prefix, name, what); };
  auto level_in_seconds = [&](const char* name, const char* what) {
    return all.gauge_singleton<double>(prefix, name, what, "seconds");
  };
  auto* by_status = all.gauge_family(prefix, "orders", {"status"}, "Orders by status.");
  for (auto status : {order_status::pending, order_status::payment_processing, order_status::paid, order_status::shipped,
                      order_status::delivered, order_status::cancelled}) {
    auto word = std::string{to_string(status)};
    orders_by_status[static_cast<size_t>(status)] = by_status->get_or_add({{"status", word}});
  }
  auto* by_reason = all.gauge_family(prefix, "orders-needing-operator", {"reason"}, "Orders that wait for a person, by reason.");
  for (size_t number = 1; number < orders_needing_operator.size(); ++number) {
    const auto word = to_string(static_cast<operator_reason>(number));
    if (!word.empty()) orders_needing_operator[number] = by_reason->get_or_add({{"reason", word}});
  }
  orders_in_memory = level("orders-in-memory", "Order actors alive.");
  orders_quarantined = level("orders-quarantined", "Orders held back for an operator.");
  commands = count("commands", "Requests decided by orders.");
  refusals = count("refusals", "Requests that a rule refused.");
  reports = count("reports", "Reports from inventory, gateways and timers.");
  reloads = count("reloads", "Entities loaded again in place after a journal error.");
  restarts = count("restarts", "Order actors started again after an exception.");
  passivations = count("passivations", "Idle order actors that left memory.");
  journal_batches = count("journal-batches", "Transactions committed.");
  journal_appends = count("journal-appends", "Appends committed.");
  journal_rejected = count("journal-rejected", "Batches rolled back because of one append.");
  journal_unknown = count("journal-unknown-outcomes", "Commits whose answer was lost and had to be looked up.");
  const double sizes[] = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512};
  const double seconds[] = {.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .5, 1};
  journal_batch_size = all.histogram_singleton<double>(prefix, "journal-batch-size", sizes, "Appends per transaction.");
  journal_commit_seconds = all.histogram_singleton<double>(prefix, "journal-commit", seconds, "Time per transaction.", "seconds");
  journal_queue_delay = level_in_seconds("journal-queue-delay", "How long the oldest append in the journal's queue has waited.");
  journal_queue = level("journal-queue", "Appends, openings and followers' writes that wait for the next batch.");
  journal_open_streams = level("journal-open-streams", "Streams whose entities are in memory.");
  payments_in_flight = level("payments-in-flight", "Calls to the payment gateway without an answer.");
  payments_waiting = level("payments-waiting", "Calls waiting for a slot or for their next try.");
  refunds_waiting = level("refunds-waiting", "Refunds that the payment gateway has not answered definitely.");
  payments_oldest = level_in_seconds("payments-oldest-wait", "How long the charge or refund has waited that has waited longest.");
  payments_unknown = count("payments-unknown", "Charges without an answer in time.");
  notifications_sent = count("notifications-sent", "Messages delivered.");
  notifications_failed = count("notifications-failed", "Tries to deliver a message that failed.");
  messages_given_up = count("notices-given-up", "Messages that could not be delivered and are not tried any more.");
  deadlines_fired = count("deadlines-fired", "Deadlines told to orders.");
  payment_gateway_away = level("payment-gateway-away", "1 while the payment gateway does not answer.");
  mail_away = level("mail-away", "1 while no message can be delivered.");
  store_away = level("store-away", "1 while the store takes no writes.");
}

void metrics::refresh() const {
  journal_queue_delay->value(static_cast<double>(journal_wait.now().count()) / 1e6);
  payment_gateway_away->value(payment_gateway.outage() ? 1 : 0);
  mail_away->value(mail.outage() ? 1 : 0);
  store_away->value(store.away() ? 1 : 0);
}

}  // namespace orderflow
