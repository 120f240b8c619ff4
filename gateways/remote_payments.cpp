#include "gateways/remote_payments.hpp"

#include <algorithm>

#include "base/assert.hpp"
#include "codec/json.hpp"
#include "codec/payment_json.hpp"

namespace orderflow {

namespace {

constexpr uint16_t not_found = 404;

charge_answer failed_charge(std::string key, std::string reason, bool unsent = false) {
  charge_answer made{std::move(key), charge_status::failed, {}, 0, std::move(reason)};
  made.unsent = unsent;
  return made;
}

refund_answer failed_refund(std::string key, std::string reason, bool unsent = false) {
  return {std::move(key), refund_answer_status::failed, 0, std::move(reason), unsent};
}

/// The number at the end of `charge/<order>/<attempt>`.
std::string_view last_number(std::string_view key) { return key.substr(key.rfind('/') + 1); }

template <class Entry>
bool tells_keys(const std::vector<Entry>& all) {
  return std::any_of(all.begin(), all.end(), [](const Entry& one) { return !one.key.empty(); });
}

/// A service that tells keys is held to them; only where it tells none the number says which call it was.
template <class Entry>
const Entry* entry_of(const std::vector<Entry>& all, const std::string& key) {
  const bool keyed = tells_keys(all);
  const auto found = std::find_if(all.begin(), all.end(), [&](const Entry& one) {
    return keyed ? one.key == key : std::to_string(one.number) == last_number(key);
  });
  return found == all.end() ? nullptr : &*found;
}

/// What a payment says about one attempt.
charge_answer answer_of(const told_payment& payment, const std::string& key) {
  const auto* attempt = entry_of(payment.attempts, key);
  if (attempt == nullptr) return {key, charge_status::not_found, {}, 0, {}};
  switch (attempt->status) {
    case payment_state_word::processing: return {key, charge_status::in_progress, {}, 0, {}};
    case payment_state_word::failed:
      return {key, charge_status::declined, {}, 0, attempt->reason.empty() ? "declined" : attempt->reason, payment.money};
    case payment_state_word::completed:
    case payment_state_word::refunded: break;
  }
  const bool last = attempt == &payment.attempts.back();
  const auto& transaction = attempt->transaction.empty() && last ? payment.transaction : attempt->transaction;
  if (transaction.empty()) return failed_charge(key, "the payment service does not name the transaction of what it captured");
  return {key, charge_status::captured, transaction, attempt->amount.value_or(payment.amount), {}, payment.money};
}

bool is_servers_error(uint16_t status) { return status >= 500; }

/// A payment of the order, or why the reply is none. A server's error is no word about the payment, whatever its body says.
std::variant<told_payment, std::string> payment_in(const http_reply& reply, order_id order) {
  if (is_servers_error(reply.status)) return "the payment service answered " + std::to_string(reply.status);
  auto read = read_payment(reply.body);
  const auto status = "the payment service answered " + std::to_string(reply.status);
  if (const auto* wrong = std::get_if<std::string>(&read)) return status + " with what is no payment: " + *wrong;
  const auto& payment = std::get<told_payment>(read);
  if (payment.order != order) return status + " with a payment of order " + std::to_string(payment.order.value);
  return read;
}

charge_answer charge_answer_in(const http_outcome& outcome, const std::string& key, order_id order) {
  if (const auto* failure = std::get_if<http_failure>(&outcome)) return failed_charge(key, failure->reason, failure->unsent);
  const auto& reply = std::get<http_reply>(outcome);
  auto payment = payment_in(reply, order);
  if (const auto* wrong = std::get_if<std::string>(&payment)) return failed_charge(key, *wrong);
  return answer_of(std::get<told_payment>(payment), key);
}

/// A sum may be others' refunds: it is a word about ours only where nothing else can be.
enum class sums : uint8_t { tell = 1, say_nothing = 2 };

/// A service that tells keys says by itself whether the refund is made; otherwise it is when so much has gone back that it must
/// be among it.
refund_answer answer_of(const told_payment& payment, const refund_request& request, sums told) {
  if (payment.money != request.money)
    return {request.key, refund_answer_status::not_shown, 0, "the payment is in another currency"};
  const bool keyed = tells_keys(payment.refunds);
  if (const auto* entry = keyed ? entry_of(payment.refunds, request.key) : nullptr) {
    switch (entry->status) {
      case refund_state_word::refused:
        return {request.key, refund_answer_status::refused, payment.refunded, "refused by the payment service"};
      case refund_state_word::settled: return {request.key, refund_answer_status::settled, payment.refunded, {}};
      case refund_state_word::started:
        return {request.key, refund_answer_status::in_progress, 0, "the payment service is still at the refund"};
    }
  }
  const bool by_sum = !keyed && told == sums::tell;
  if (by_sum && payment.refunded >= request.settled_from)
    return {request.key, refund_answer_status::settled, payment.refunded, {}};
  refund_answer answer{request.key, refund_answer_status::not_shown, 0, "the payment service does not show the refund"};
  if (keyed || by_sum) answer.cumulative = payment.refunded;
  return answer;
}

/// The service will not make the refund: a state or an amount that does not fit. Other statuses may be about the way to it.
bool is_refusal(const http_outcome& outcome) {
  constexpr uint16_t conflict = 409;
  constexpr uint16_t unprocessable = 422;
  const auto* reply = std::get_if<http_reply>(&outcome);
  return reply != nullptr && (reply->status == conflict || reply->status == unprocessable);
}

/// The call was turned away, here or on the way: the refund is not made by it, and it may be made again. (408: the time was up,
/// nobody knows at what.)
bool is_turned_away(const http_outcome& outcome) {
  constexpr uint16_t timed_out = 408;
  const auto* reply = std::get_if<http_reply>(&outcome);
  return reply != nullptr && reply->status >= 400 && !is_servers_error(reply->status) && reply->status != timed_out;
}

refund_answer refund_answer_in(const http_outcome& outcome, const refund_request& request, sums told) {
  if (const auto* failure = std::get_if<http_failure>(&outcome))
    return failed_refund(request.key, failure->reason, failure->unsent);
  const auto& reply = std::get<http_reply>(outcome);
  auto payment = payment_in(reply, request.order);
  if (const auto* wrong = std::get_if<std::string>(&payment)) return failed_refund(request.key, *wrong);
  return answer_of(std::get<told_payment>(payment), request, told);
}

/// The payment in the reply, if there is one.
std::optional<told_payment> payment_shown(const http_outcome& outcome, order_id order) {
  const auto* reply = std::get_if<http_reply>(&outcome);
  if (reply == nullptr) return std::nullopt;
  auto read = payment_in(*reply, order);
  auto* payment = std::get_if<told_payment>(&read);
  return payment != nullptr ? std::optional{std::move(*payment)} : std::nullopt;
}

/// The service knows of the refund, whatever has become of it.
bool lists(const told_payment& payment, const refund_request& request) {
  return tells_keys(payment.refunds) && entry_of(payment.refunds, request.key) != nullptr;
}
bool lists(const http_outcome& outcome, const refund_request& request) {
  const auto payment = payment_shown(outcome, request.order);
  return payment && lists(*payment, request);
}

/// Nobody knows yet what becomes of the refund.
bool is_open(const refund_answer& answer) {
  switch (answer.status) {
    case refund_answer_status::in_progress:
    case refund_answer_status::not_shown:
    case refund_answer_status::failed: return true;
    case refund_answer_status::settled:
    case refund_answer_status::refused:
    case refund_answer_status::told: return false;
  }
  ORDERFLOW_UNREACHABLE("refund_answer_status");
}

/// The reply to the refund itself must tell about it; only a question may find nothing.
refund_answer reply_to_refund(refund_answer answer) {
  if (answer.status == refund_answer_status::not_shown) answer.status = refund_answer_status::failed;
  return answer;
}

/// What became of a refund that the service refused: `outcome` may show the payment, with how much has gone back in all.
refund_answer refused_with(const http_outcome& outcome, const refund_request& request) {
  auto answer = refund_answer_in(outcome, request, sums::say_nothing);
  if (!is_open(answer)) return answer;
  const auto known = payment_shown(outcome, request.order);
  if (!known || known->money != request.money || lists(*known, request)) return answer;
  return {request.key, refund_answer_status::refused, known->refunded, "refused by the payment service"};
}

void write_money(json_writer& out, order_id order, minor_units amount, currency money) {
  out.key("order_id").integer(order.value);
  out.key("amount").raw(shortest_text(amount, money));
  out.key("currency").string(money.name());
}

}  // namespace

remote_payments::remote_payments(remote_payments_settings with, http_client& over) : with_(std::move(with)), over_(over) {}

http_request remote_payments::question_about(order_id order) const {
  return request_to(http_method::get, with_.url + "/api/v1/payments/order/" + std::to_string(order.value), with_.token,
                    with_.timeout);
}

http_request remote_payments::post(const std::string& path, const std::string& key, std::string body) const {
  auto made = request_to(http_method::post, with_.url + path, with_.token, with_.timeout);
  made.headers.push_back("Idempotency-Key: " + key);
  made.body = std::move(body);
  made.only_once = !with_.honours_keys;
  return made;
}

void remote_payments::charge(const charge_request& request, std::function<void(charge_answer)> answered) {
  std::string body;
  json_writer out{body};
  out.begin_object();
  write_money(out, request.order, request.amount, request.money);
  out.key("payment_method").string(request.method);
  out.end_object();
  over_.send(post("/api/v1/payments", request.key, std::move(body)),
             [key = request.key, order = request.order, answered = std::move(answered)](const http_outcome& outcome) {
               auto answer = charge_answer_in(outcome, key, order);
               // The reply to the charge itself must tell about it; only a question may find nothing.
               if (answer.status == charge_status::not_found)
                 answer = failed_charge(key, "the payment service's answer does not name the attempt");
               answered(std::move(answer));
             });
}

void remote_payments::query(const std::string& key, order_id order, std::function<void(charge_answer)> answered) {
  over_.send(question_about(order), [key, order, answered = std::move(answered)](const http_outcome& outcome) {
    const auto* reply = std::get_if<http_reply>(&outcome);
    if (reply != nullptr && reply->status == not_found) return answered({key, charge_status::not_found, {}, 0, {}});
    answered(charge_answer_in(outcome, key, order));
  });
}

void remote_payments::refund(const refund_request& request, std::function<void(refund_answer)> answered) {
  if (!request.again) return send_refund(request, std::move(answered));
  over_.send(question_about(request.order), [self = *this, request, answered = std::move(answered)](const http_outcome& outcome) {
    auto answer = refund_answer_in(outcome, request, self.with_.honours_keys ? sums::say_nothing : sums::tell);
    const auto* reply = std::get_if<http_reply>(&outcome);
    const bool asked_in_vain = is_open(answer) && reply != nullptr && !is_servers_error(reply->status);
    if (reply != nullptr && reply->status == not_found)
      answer = {request.key, refund_answer_status::not_shown, 0, "the payment service does not know the order"};
    if (asked_in_vain && self.with_.honours_keys) return self.send_refund(request, answered);
    answer.unsent = false;  // The question did not leave; the refund may have, before.
    answered(std::move(answer));
  });
}

void remote_payments::refunded(order_id order, std::function<void(refund_answer)> answered) {
  over_.send(question_about(order), [order, answered = std::move(answered)](const http_outcome& outcome) {
    if (const auto* failure = std::get_if<http_failure>(&outcome))
      return answered(failed_refund({}, failure->reason, failure->unsent));
    const auto& reply = std::get<http_reply>(outcome);
    if (reply.status == not_found) return answered({{}, refund_answer_status::told, 0, {}});
    auto payment = payment_in(reply, order);
    if (const auto* wrong = std::get_if<std::string>(&payment)) return answered(failed_refund({}, *wrong));
    const auto& known = std::get<told_payment>(payment);
    answered({{}, refund_answer_status::told, known.refunded, {}, false, known.money});
  });
}

void remote_payments::store_card(const card_details&, std::function<void(card_answer)> answered) {
  answered({card_status::refused, {}, "card_details_not_taken"});
}

void remote_payments::method_of(const std::string&, std::function<void(card_answer)> answered) {
  answered({card_status::refused, {}, "no_method_on_file"});
}

void remote_payments::send_refund(const refund_request& request, std::function<void(refund_answer)> answered) const {
  std::string body;
  json_writer out{body};
  out.begin_object();
  write_money(out, request.order, request.amount, request.money);
  out.end_object();
  over_.send(post("/api/v1/payments/refund", request.key, std::move(body)),
             [self = *this, request, answered = std::move(answered)](const http_outcome& outcome) {
               if (!is_turned_away(outcome)) return answered(reply_to_refund(refund_answer_in(outcome, request, sums::tell)));
               auto answer =
                   is_refusal(outcome) ? refused_with(outcome, request) : refund_answer_in(outcome, request, sums::say_nothing);
               answer.unsent = !lists(outcome, request);
               if (!is_refusal(outcome) || !is_open(answer)) return answered(reply_to_refund(std::move(answer)));
               // A refusal without the payment: how much has gone back is asked for, so that the rest can be.
               self.over_.send(self.question_about(request.order), [request, answered](const http_outcome& now) {
                 auto told = refused_with(now, request);
                 told.unsent = !lists(now, request);
                 answered(reply_to_refund(std::move(told)));
               });
             });
}

}  // namespace orderflow
