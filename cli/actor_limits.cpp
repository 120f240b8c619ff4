#include "cli/actor_limits.hpp"

namespace orderflow {

actor_settings limits_of(const settings& with) {
  actor_settings out;
  out.passivate_after = with.orders.passivate_after;
  out.restarts_before_quarantine = with.orders.max_restarts;
  out.restart_window = with.orders.restart_window;
  out.restart_pause = with.orders.restart_pause;
  out.waiters_per_order = with.orders.max_waiters;
  out.resumes_at_once = with.orders.resumes_at_once;
  out.ids_per_block = with.orders.ids_per_block;
  out.payment_timeout = with.payment.timeout;
  out.payments_in_flight = with.payment.max_in_flight;
  out.payment_queries_in_flight = with.payment.max_queries_in_flight;
  out.payment_retry_first = with.payment.retry_first;
  out.payment_retry_most = with.payment.retry_most;
  out.timer_window = with.timers.window;
  out.messages_per_hour = with.notification.per_hour;
  out.message_retry_first = with.notification.retry_first;
  out.message_retry_most = with.notification.retry_most;
  out.message_expiry = with.notification.give_up_after;
  out.sandbox_recipients = with.dev;
  return out;
}

}  // namespace orderflow
