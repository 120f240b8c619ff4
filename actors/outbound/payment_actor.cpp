#include "actors/outbound/payment_actor.hpp"

#include <algorithm>
#include <charconv>
#include <tuple>

#include "base/crash_point.hpp"
#include "base/log.hpp"
#include "messages/charge_report.hpp"

namespace orderflow {

namespace {

constexpr auto tick = milliseconds{50};
constexpr const char* other_currency = "the payment gateway tells it in another currency";
constexpr const char* no_answer_in_time = "the payment gateway did not answer in time";
constexpr auto show_waiting_every = std::chrono::seconds{1};
/// The first such answers may be early: the charge can still be on its way.
constexpr uint32_t unknown_answers_before_operator = 3;
/// Of those that wait, as many are shown.
constexpr size_t most_shown = 10'000;

/// The keys are ours (`charge/<order>/<attempt>`, `refund/<order>/<number>`), so an answer that no call waits for still finds its
/// order.
struct call_key {
  order_id order;
  uint32_t number = 0;
};
std::optional<call_key> parse_key(std::string_view word, std::string_view key) {
  if (!key.starts_with(word)) return std::nullopt;
  call_key out;
  const auto* end = key.data() + key.size();
  auto id = std::from_chars(key.data() + word.size(), end, out.order.value);
  if (id.ec != std::errc{} || id.ptr == end || *id.ptr != '/') return std::nullopt;
  auto number = std::from_chars(id.ptr + 1, end, out.number);
  if (number.ec != std::errc{} || number.ptr != end) return std::nullopt;
  return out;
}

}  // namespace

payment_state::payment_state(payment_actor::pointer self, services_ptr with, payment_gateway& gateway)
    : self_(self), services_(std::move(with)), gateway_(gateway) {}

payment_actor::behavior_type payment_state::make_behavior() {
  return {[this](const charge_order& request) { charge(request); },
          [this](const refund_money& request) { refund(request); },
          [this](const end_refund& request) { end(request); },
          [this](const charge_answer& answer) { answered(answer); },
          [this](const refund_answer& answer) { answered(answer); },
          [this](const card_to_store& request) { return store_card(request); },
          [this](const method_question& request) { return method_of(request); },
          [this](const refund_question& request) { return refunded(request); },
          [this](const charge_question& request) { return charged(request); },
          [this](caf::get_atom) { return waiting(); },
          [this](uint64_t ticket, const card_answer& answer) { leave(ticket, answer, answer.status == card_status::failed); },
          [this](uint64_t ticket, const refund_answer& answer) {
            leave(ticket, answer, answer.status == refund_answer_status::failed);
          },
          [this](uint64_t ticket, const charge_answer& answer) { leave(ticket, answer, answer.status == charge_status::failed); },
          [this](sweep_atom) { sweep(); }};
}

void payment_state::charge(const charge_order& request) {
  call made{request.order, request.attempt, request.amount, request.money, request.method};
  made.tenant = request.tenant;
  made.only_asked = request.only_asked;
  made.repeated = made.sent = request.again || request.only_asked;
  if (made.sent) made.next = question::query;  // What may have been sent is asked for before it is sent again.
  auto key = key_of(request.order, charge_payment{request.attempt});
  if (const auto known = calls_.find(key); request.only_asked && known != calls_.end()) return only_ask(key, known->second);
  enqueue(std::move(key), std::move(made));
}

void payment_state::refund(const refund_money& request) {
  call made{request.order, request.number, request.amount, request.money, {}};
  made.next = request.again ? question::refund : first_question_of_refund();
  made.sent = made.repeated = request.again;
  made.settled_from = request.settled_from;
  enqueue(key_of(request.order, refund_payment{request.number}), std::move(made));
}

/// A call that is under way already is joined: its answer goes to the order's id, whoever asked.
void payment_state::enqueue(std::string key, call made) {
  made.since = services_->time->now();
  made.began = services_->time->monotonic();
  auto [place, fresh] = calls_.try_emplace(key, std::move(made));
  if (!fresh) {
    // The order may have forgotten; telling it again changes nothing.
    place->second.told_unknown = false;
    place->second.unknown_answers = 0;
    return;
  }
  lane_of(place->second).queue.push(std::move(key));
  pump();
  wake();
}

/// They take turns at being first, so that neither takes all the few calls that an open breaker lets through.
void payment_state::pump() {
  fresh_first_ = !fresh_first_;
  if (fresh_first_) pump(fresh_, services_->limits.payments_in_flight);
  pump(repeated_, services_->limits.payment_queries_in_flight);
  if (!fresh_first_) pump(fresh_, services_->limits.payments_in_flight);
  show_metrics();
}

void payment_state::pump(lane& one, uint32_t slots) {
  const auto now = services_->time->monotonic();
  while (!one.queue.empty() && one.asked < slots && breaker_.allows(now)) {
    const auto key = one.queue.pop();
    const auto found = calls_.find(key);
    if (found != calls_.end() && found->second.phase == call_phase::queued) ask(key, found->second);
  }
}

void payment_state::ask(const std::string& key, call& one) {
  one.phase = call_phase::asked;
  one.is_answered = false;
  if (one.only_asked) one.next = is_about_refund(one) ? question::returned : question::query;
  one.due = services_->time->monotonic() + services_->limits.payment_timeout;
  ++one.tries;
  ++lane_of(one).asked;
  schedule_.at(one.due, key);
  auto me = payment_actor{self_};
  auto heard = [me](auto answer) { caf::anon_send(me, std::move(answer)); };
  crash_point("payment-before-send");
  switch (one.next) {
    case question::charge: {
      one.sent_before = std::exchange(one.sent, true);
      return gateway_.charge({key, one.order, one.amount, one.money, one.method, one.tenant}, heard);
    }
    case question::query: return gateway_.query(key, one.order, heard);
    case question::refund: {
      one.sent_before = std::exchange(one.sent, true);
      return gateway_.refund({key, one.order, one.amount, one.money, one.sent_before, one.settled_from}, heard);
    }
    case question::returned:
      return gateway_.refunded(one.order, [heard, key](refund_answer answer) {
        answer.key = key;
        heard(std::move(answer));
      });
  }
}

void payment_state::answered(const charge_answer& answer) {
  crash_point("payment-after-answer");
  auto found = calls_.find(answer.key);
  auto definite = answer.status == charge_status::captured || answer.status == charge_status::declined;
  if (found != calls_.end() && answer.money && *answer.money != found->second.money) {
    // That settles nothing, but what came has to be recorded, and the gateway may yet tell it in the right one.
    auto& one = found->second;
    answers_again();
    takes_charges(one);
    if (std::exchange(one.reason, other_currency) != other_currency)
      log_error("payment-in-other-currency", {{"key", answer.key}, {"money", answer.money->name()}});
    if (auto what = report_of(answer, one.number)) tell(one.order, std::move(*what));
    one.is_answered = true;
    return one.only_asked ? forget(answer.key) : no_answer(answer.key, one);
  }
  if (definite) {
    answers_again();
    if (found != calls_.end()) takes_charges(found->second);
    auto named = parse_key("charge/", answer.key);
    if (!named) return log_error("payment-answer-unknown-key", {{"key", answer.key}});
    if (auto what = report_of(answer, named->number)) tell(named->order, std::move(*what));
    return forget(answer.key);
  }
  if (found == calls_.end()) return;
  auto& one = found->second;
  switch (answer.status) {
    case charge_status::captured:
    case charge_status::declined: return;
    case charge_status::in_progress:
      answers_again();
      takes_charges(one);
      one.is_answered = true;
      one.reason = "the gateway has not decided yet";
      one.next = question::query;
      return pause(answer.key, one);
    case charge_status::not_found:
      answers_again();
      one.is_answered = true;
      one.reason = "the gateway does not know of it";
      if (one.only_asked && was_asked_long_enough(one)) return not_found(answer.key, one);
      if (gateway_.honours_keys())
        one.next = question::charge;
      else if (!one.only_asked && is_unknown_there(one))
        tell(one.order, charge_is_unknown{one.number});
      return pause(answer.key, one);
    case charge_status::failed:
      if (one.phase != call_phase::asked) return;  // Counted already, when its time was up.
      fails(one, answer.reason);
      one.reason = answer.reason;
      log_debug("payment-failed", {{"key", answer.key}, {"tries", one.tries}, {"because", answer.reason}});
      if (!answer.unsent || one.next != question::charge) return no_answer(answer.key, one);
      one.sent = one.sent_before;
      if (one.only_asked) return one.sent ? no_answer(answer.key, one) : not_found(answer.key, one);
      return pause(answer.key, one, true);
  }
}

void payment_state::answered(const refund_answer& answer) {
  crash_point("payment-after-answer");
  const auto named = parse_key("refund/", answer.key);
  if (!named) return log_error("payment-answer-unknown-key", {{"key", answer.key}});
  const auto found = calls_.find(answer.key);
  switch (answer.status) {
    case refund_answer_status::settled:
      answers_again();
      tell(named->order, refund_was_settled{named->number, answer.cumulative});
      return forget(answer.key);
    case refund_answer_status::refused:
      answers_again();
      tell(named->order, refund_was_refused{named->number, answer.reason, answer.cumulative});
      return forget(answer.key);
    case refund_answer_status::told:
      if (found != calls_.end() && found->second.next == question::returned) told_returned(answer, found->second);
      return;
    case refund_answer_status::in_progress:
    case refund_answer_status::not_shown:
    case refund_answer_status::failed:
      if (found != calls_.end() && found->second.phase == call_phase::asked) refund_stays_open(answer, found->second);
      return;
  }
}

/// The outcome is unknown, never a decline: the order is told once, and the gateway is asked how it stands.
void payment_state::no_answer(const std::string& key, call& one) {
  if (!is_about_refund(one)) {
    one.next = question::query;
    if (!one.told_unknown && !one.only_asked) {
      one.told_unknown = true;
      services_->figures->payments_unknown->inc();
      tell(one.order, payment_has_no_answer{one.number});
    }
  }
  pause(key, one);
}

void payment_state::stop_asking(call& one) {
  if (one.phase == call_phase::asked) --lane_of(one).asked;
}

void payment_state::pause(const std::string& key, call& one, bool unsent) {
  stop_asking(one);
  one.phase = call_phase::pausing;
  one.repeated = one.repeated || !unsent;
  one.pause = spread_pause(services_->limits, one.pause, key, one.tries);
  one.due = services_->time->monotonic() + one.pause;
  schedule_.at(one.due, key);
  effect_progress progress{one.order, key, one.tries, one.since, services_->time->now() + one.pause, one.reason, one.is_answered};
  self_->send(services_->shard_of(one.order), std::move(progress), one.order);
  pump();
}

void payment_state::tell(order_id order, order_action what) {
  self_->send(services_->shard_of(order), order_report{order, {std::move(what), services_->time->now()}});
}

void payment_state::forget(const std::string& key) {
  auto found = calls_.find(key);
  if (found == calls_.end()) return;
  stop_asking(found->second);
  calls_.erase(found);
  pump();
}

void payment_state::sweep() {
  awake_ = false;
  auto now = services_->time->monotonic();
  give_up_questions(now);
  while (auto due = schedule_.take_due(now)) {
    auto found = calls_.find(due->second);
    if (found == calls_.end() || found->second.due != due->first) continue;
    auto& one = found->second;
    if (one.phase == call_phase::asked) {
      one.reason = no_answer_in_time;
      fails(one, one.reason);
      no_answer(due->second, one);
    } else if (one.phase == call_phase::pausing) {
      one.phase = call_phase::queued;
      lane_of(one).queue.push(due->second);
    }
  }
  pump();
  if (now - waiting_shown_ >= show_waiting_every) show_waiting();
  wake();
}

std::vector<effect_progress> payment_state::waiting() const {
  std::vector<effect_progress> found;
  const auto wall = services_->time->now();
  const auto monotonic = services_->time->monotonic();
  for (const auto& [key, one] : calls_)
    // Nobody is to settle what has been settled.
    if (!one.reason.empty() && !one.only_asked)
      found.push_back({one.order, key, one.tries, one.since, wall + (one.due - monotonic), one.reason, one.is_answered});
  std::ranges::sort(found, {}, [](const effect_progress& each) { return std::tie(each.since, each.key); });
  if (found.size() > most_shown) found.resize(most_shown);
  return found;
}

void payment_state::answers_again() {
  breaker_.succeeded();
  look_whether_back();
}

void payment_state::takes_charges(call& one) {
  if (one.next != question::charge && !one.charge_failed) return;
  one.charge_failed = false;
  charging_.succeeded();
  look_whether_back();
}

bool payment_state::is_unknown_there(call& one) { return ++one.unknown_answers == unknown_answers_before_operator; }

void payment_state::look_whether_back() {
  if (!away_ || breaker_.open() || charging_.open()) return;
  away_ = false;
  if (const auto ended = services_->figures->payment_gateway.back())
    log_warn("payment-gateway-back", {{"duration_ms", (services_->time->monotonic() - ended->began).count()}});
}

void payment_state::fails(call& one, const std::string& why) {
  const auto now = services_->time->monotonic();
  breaker_.failed(now);
  if (one.next == question::charge) {
    one.charge_failed = true;
    charging_.failed(now);
  }
  if (away_ || (!breaker_.open() && !charging_.open())) return;
  away_ = true;
  const auto reason = breaker_.open() ? why : "it answers questions but takes no charges: " + why;
  if (services_->figures->payment_gateway.lost(*services_->time, reason))
    log_error("payment-gateway-lost",
              {{"because", reason}, {"effect", "charges and refunds wait; what needs a person is in GET /api/v1/attention"}});
}

void payment_state::wake() {
  if (awake_ || (calls_.empty() && questions_.empty())) return;
  awake_ = true;
  self_->delayed_send(self_, tick, sweep_atom_v);
}

template <class Answer>
void payment_state::leave(uint64_t ticket, const Answer& answer, bool failed) {
  auto found = questions_.extract(ticket);
  if (found.empty()) return;  // Its time was up.
  auto& to = std::get<caf::typed_response_promise<Answer>>(found.mapped().to);
  if (!failed) return to.deliver(answer);
  log_debug("payment-question-failed", {{"because", answer.reason}});
  to.deliver(to_error(errc::gateway_unavailable, answer.reason));
}

void payment_state::show_metrics() {
  const int64_t asked = fresh_.asked + repeated_.asked;
  services_->figures->payments_in_flight->value(asked);
  services_->figures->payments_waiting->value(static_cast<int64_t>(calls_.size()) - asked);
  if (calls_.empty()) show_waiting();
}

/// Looks at every call: not each time that one changes.
void payment_state::show_waiting() {
  const auto now = services_->time->monotonic();
  auto oldest = now;
  int64_t refunds = 0;
  for (const auto& [key, one] : calls_) {
    if (!one.only_asked) oldest = std::min(oldest, one.began);
    if (is_about_refund(one) && !one.only_asked) ++refunds;
  }
  services_->figures->refunds_waiting->value(refunds);
  services_->figures->payments_oldest->value(static_cast<double>((now - oldest).count()) / 1e3);
  waiting_shown_ = now;
}

}  // namespace orderflow
