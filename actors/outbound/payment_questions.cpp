// What the HTTP side asks the gateway: to exchange a card, for a customer's method, how a charge stands, how much has gone back.
// A card goes through here once, inside a message that never leaves the process.
#include "actors/outbound/payment_actor.hpp"
#include "base/log.hpp"

namespace orderflow {

template <class Answer>
std::optional<uint64_t> payment_state::enter(caf::typed_response_promise<Answer> to) {
  if (questions_.size() >= services_->limits.payments_in_flight) {
    to.deliver(to_error(errc::overloaded, "too many questions to the payment gateway are under way"));
    return std::nullopt;
  }
  const auto ticket = ++last_ticket_;
  questions_.emplace(ticket, bridge_question{services_->time->monotonic() + services_->limits.payment_timeout, std::move(to)});
  wake();
  return ticket;
}

caf::result<card_answer> payment_state::store_card(const card_to_store& request) {
  auto to = self_->make_response_promise<card_answer>();
  if (const auto ticket = enter(to))
    gateway_.store_card(*request.card, [me = payment_actor{self_}, ticket = *ticket](card_answer answer) {
      caf::anon_send(me, ticket, std::move(answer));
    });
  return to;
}

caf::result<card_answer> payment_state::method_of(const method_question& request) {
  auto to = self_->make_response_promise<card_answer>();
  if (const auto ticket = enter(to))
    gateway_.method_of(request.customer, [me = payment_actor{self_}, ticket = *ticket](card_answer answer) {
      caf::anon_send(me, ticket, std::move(answer));
    });
  return to;
}

caf::result<refund_answer> payment_state::refunded(const refund_question& request) {
  auto to = self_->make_response_promise<refund_answer>();
  if (const auto ticket = enter(to))
    gateway_.refunded(request.order, [me = payment_actor{self_}, ticket = *ticket](refund_answer answer) {
      caf::anon_send(me, ticket, std::move(answer));
    });
  return to;
}

caf::result<charge_answer> payment_state::charged(const charge_question& request) {
  auto to = self_->make_response_promise<charge_answer>();
  if (const auto ticket = enter(to))
    gateway_.query(
        key_of(request.order, charge_payment{request.attempt}), request.order,
        [me = payment_actor{self_}, ticket = *ticket](charge_answer answer) { caf::anon_send(me, ticket, std::move(answer)); });
  return to;
}

void payment_state::give_up_questions(monotonic_time now) {
  for (auto at = questions_.begin(); at != questions_.end();) {
    if (at->second.due > now) {
      ++at;
      continue;
    }
    std::visit([](auto& to) { to.deliver(to_error(errc::gateway_unavailable, "the payment gateway did not answer in time")); },
               at->second.to);
    at = questions_.erase(at);
  }
}

}  // namespace orderflow
