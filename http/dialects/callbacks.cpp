#include "http/dialects/callbacks.hpp"

#include <algorithm>
#include <charconv>

#include "codec/order_json.hpp"
#include "http/dialects/d0_words.hpp"
#include "http/dialects/reading.hpp"
#include "http/signature.hpp"

namespace orderflow {

namespace {

/// Where a word came from, for the scope of its event id: there is one payment gateway.
constexpr std::string_view source = "webhook/payment";

problem payment_not_found() { return problem_of(refusal::order_must_exist, "Payment not found"); }

/// The documents spell names with underscores or with capitals.
std::string either(field_reader& from, std::string_view one, std::string_view other) {
  auto text = from.text_or_integer(one, presence::optional);
  return text.empty() ? from.text_or_integer(other, presence::optional) : text;
}

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return text;
}

callback_status read_status(field_reader& from, const std::string& word) {
  if (word == "completed") return callback_status::completed;
  if (word == "failed") return callback_status::failed;
  if (word == "refunded") return callback_status::refunded;
  from.wrong("status", "must be completed, failed or refunded");
  return callback_status::failed;
}

/// The gateway may leave the sum out of what it captured: it is the order's.
std::variant<minor_units, problem> captured_amount(const payment_callback& word, const order& now) {
  if (!word.amount) return now.total;
  json_value object;
  object.is = json_value::kind::object;
  object.members.emplace_back("amount", *word.amount);
  std::vector<field_error> errors;
  const auto amount = field_reader{object, {}, errors}.amount("amount", now.money, presence::required);
  if (!amount) return invalid(std::move(errors));
  return *amount;
}

/// "701", "TXN000701": the number of an attempt as the documents write it.
std::optional<int64_t> transaction_number(std::string_view text) {
  if (text.starts_with("TXN")) text.remove_prefix(3);
  int64_t number = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, failed] = std::from_chars(text.data(), end, number);
  return failed == std::errc{} && stop == end ? std::optional{number} : std::nullopt;
}

/// One delivery on its way through the order.
struct delivery {
  edge& on;
  const request& asked;
  responder to;
  problem_encoder errors;
  reply (*received)(const order& now);
  payment_callback word{};
  order_id order{};

  void refuse(const problem& what) const { to(errors(what, asked.id)); }

  /// Whoever signs with our secret and names somebody else's payment is worth a look.
  void refuse_and_record(std::string_view event, const problem& what) const {
    on.audit.record_refusal(event, asked.from,
                            {{"address", asked.address},
                             {"path", std::string{asked.path}},
                             {"order", std::to_string(order.value)},
                             {"payment", word.payment.empty() ? word.transaction : word.payment},
                             {"event_id", word.event}});
    refuse(what);
  }

  [[nodiscard]] key_claim key() const {
    key_claim claim;
    claim.scope = source;
    claim.key = word.event;
    // The event's id alone counts: a word that comes again may be written differently, and is still the same word.
    claim.body_hash = 0;
    claim.order = order;
    claim.at = on.time.now();
    return claim;
  }

  void answer(std::variant<order_reply, world_error> reply) const {
    const auto outcome = outcome_of(std::move(reply));
    if (const auto* wrong = std::get_if<problem>(&outcome)) return refuse(*wrong);
    to(received(*std::get<order_reply>(outcome).now));
  }

  void tell(const orderflow::order& now) const {
    auto meant = action_of(word, now);
    if (const auto* wrong = std::get_if<problem>(&meant)) {
      return wrong->status == 404 ? refuse_and_record("callback-foreign-payment", *wrong) : refuse(*wrong);
    }
    auto done = [me = *this](std::variant<order_reply, world_error> reply) { me.answer(std::move(reply)); };
    auto& action = std::get<std::optional<order_action>>(meant);
    if (!action) return on.bridge.check_refunds(order, key(), done);
    order_request told;
    told.order = order;
    told.command = order_command{std::move(*action), on.time.now()};
    told.key = key();
    on.bridge.ask(std::move(told), commit_patience, done);
  }

  void look() const {
    order_request look;
    look.order = order;
    on.bridge.ask(std::move(look), commit_patience, [me = *this](std::variant<order_reply, world_error> reply) {
      const auto outcome = outcome_of(std::move(reply));
      if (const auto* wrong = std::get_if<problem>(&outcome)) {
        return wrong->status == 404 ? me.refuse_and_record("callback-unknown-order", *wrong) : me.refuse(*wrong);
      }
      me.tell(*std::get<order_reply>(outcome).now);
    });
  }
};

/// `in_path` empty: the body names the order.
void take(delivery made, const std::optional<std::string>& in_path) {
  const auto& asked = made.asked;
  if (const auto wrong = verify_webhook(asked.headers.signature, asked.body, *made.on.keys(), made.on.time.now()))
    return made.refuse_and_record("callback-not-genuine", *wrong);
  auto decoded = decode_callback(asked.body);
  if (const auto* wrong = std::get_if<problem>(&decoded)) return made.refuse(*wrong);
  made.word = std::get<payment_callback>(std::move(decoded));
  const auto named = in_path ? parse_order_id(*in_path) : made.word.order;
  if (!named && !in_path) return made.refuse(invalid({{"/orderId", "is required"}}));
  const bool other = in_path && made.word.order && made.word.order != named;
  if (!named || other) return made.refuse_and_record("callback-unknown-order", order_not_found());
  made.order = *named;
  made.look();
}

reply d4_received(const order& now) {
  reply made;
  json_writer out{made.body};
  out.begin_object();
  out.key("received").boolean(true);
  out.key("order_id").integer(now.id.value);
  out.key("status").string(to_string(now.status));
  out.end_object();
  return made;
}

reply d0_received(const order&) {
  reply made;
  json_writer out{made.body};
  out.begin_object().key("code").integer(200).key("message").string("Callback received").end_object();
  return made;
}

}  // namespace

std::variant<payment_callback, problem> decode_callback(std::string_view body) {
  auto parsed = read_object(body);
  if (auto* wrong = std::get_if<problem>(&parsed)) return std::move(*wrong);
  const auto& object = std::get<json_value>(parsed);
  std::vector<field_error> errors;
  field_reader from{object, {}, errors};
  payment_callback word;
  word.event = either(from, "event_id", "eventId");
  if (word.event.empty()) from.wrong("event_id", "is required: it tells a word that comes again from a new one");
  word.payment = either(from, "payment_id", "paymentId");
  word.transaction = either(from, "transaction_id", "transactionId");
  if (word.payment.empty() && word.transaction.empty()) from.wrong("payment_id", "or transaction_id is required");
  word.status = read_status(from, lower(either(from, "status", "paymentStatus")));
  for (const auto* name : {"amount", "paymentAmount"})
    if (from.has(name)) word.amount = *object.find(name);
  word.reason = from.text("reason", presence::optional);
  word.order = from.order(from.has("order_id") ? "order_id" : "orderId", presence::optional);
  if (!errors.empty()) return invalid(std::move(errors));
  return word;
}

std::optional<uint32_t> attempt_named(const order& now, std::string_view name) {
  if (now.attempts.empty()) return std::nullopt;
  const auto number = transaction_number(name);
  for (uint32_t k = 1; k <= now.attempts.size(); ++k) {
    if (number == now.id.value * 100 + k) return k;
    const auto& theirs = now.attempts[k - 1].transaction;
    if (!theirs.empty() && theirs == name) return k;
  }
  return parse_order_id(name) == now.id ? std::optional{now.current_attempt()} : std::nullopt;
}

std::variant<std::optional<order_action>, problem> action_of(const payment_callback& word, const order& now) {
  // Where both are given, the payment has to be the order's; the transaction may be a number that only the gateway knows.
  auto attempt = attempt_named(now, word.payment.empty() ? word.transaction : word.payment);
  if (!attempt) return payment_not_found();
  if (const auto better = attempt_named(now, word.transaction)) attempt = better;
  switch (word.status) {
    case callback_status::completed: {
      const auto amount = captured_amount(word, now);
      if (const auto* wrong = std::get_if<problem>(&amount)) return *wrong;
      const auto ours = std::to_string(now.id.value * 100 + *attempt);
      const auto named_by_us = word.transaction.empty() || transaction_number(word.transaction) == now.id.value * 100 + *attempt;
      return money_was_captured{*attempt, named_by_us ? ours : word.transaction, std::get<minor_units>(amount)};
    }
    case callback_status::failed: return payment_was_declined{*attempt, word.reason.empty() ? "declined" : word.reason};
    case callback_status::refunded: return std::nullopt;
  }
  return payment_not_found();
}

std::vector<route> callback_routes(edge& on) {
  std::vector<route> table;
  route_options design;
  design.dialect = dialects::d4;
  table.emplace_back(
      verb::post, "/api/v1/orders/{id}/webhook", audience::signed_callback(),
      [&on](const request& asked, const responder& to) {
        take({on, asked, to, &problem_json, &d4_received}, asked.values[0]);
      },
      design);
  route_options shop;
  shop.dialect = dialects::d0;
  shop.errors = &d0_problem;
  table.emplace_back(
      verb::post, "/api/payment/callback", audience::signed_callback(),
      [&on](const request& asked, const responder& to) {
        take({on, asked, to, &d0_problem, &d0_received}, std::nullopt);
      },
      shop);
  return table;
}

}  // namespace orderflow
