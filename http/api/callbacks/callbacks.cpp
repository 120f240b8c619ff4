#include "http/api/callbacks/callbacks.hpp"

#include <algorithm>

#include "base/log.hpp"
#include "base/whole_number.hpp"
#include "codec/order_json.hpp"
#include "http/api/common/reading.hpp"
#include "http/api/shop/codec.hpp"
#include "http/auth/signature.hpp"

namespace orderflow {

namespace {

/// Where a word came from, for the scope of its event id: there is one payment gateway.
constexpr std::string_view source = "webhook/payment";

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

/// The amount that the callback names, in the order's minor units; nothing where it is none of its currency.
std::optional<minor_units> amount_in(const json_value& sent, currency money) {
  if (sent.is != json_value::kind::number) return std::nullopt;
  const auto parsed = parse_amount(sent.text, money);
  return parsed.error == amount_error::none ? std::optional{parsed.amount} : std::nullopt;
}

std::string_view word_of(charge_status status) {
  switch (status) {
    case charge_status::captured: return "captured";
    case charge_status::declined: return "declined";
    case charge_status::in_progress: return "in_progress";
    case charge_status::not_found: return "not_found";
    case charge_status::failed: return "failed";
  }
  return "failed";
}

std::string_view word_of(callback_status status) {
  switch (status) {
    case callback_status::completed: return "completed";
    case callback_status::failed: return "failed";
    case callback_status::refunded: return "refunded";
  }
  return "failed";
}

/// For the audit log: whatever was sent, but no more of it than a line holds.
std::string sent_text(const std::optional<json_value>& sent) {
  constexpr size_t most = 64;
  if (!sent) return {};
  return sent->is == json_value::kind::null ? "null" : sent->text.substr(0, most);
}

/// "701", "TXN000701": the number of an attempt as the documents write it.
std::optional<int64_t> transaction_number(std::string_view text) {
  if (text.starts_with("TXN")) text.remove_prefix(3);
  return whole_number<int64_t>(text);
}

/// One delivery on its way through the order.
struct delivery {
  handler_context& context;
  const request& req;
  responder to;
  problem_encoder errors;
  reply (*received)(const order& now);
  payment_callback word{};
  order_id order{};

  void refuse(const problem& what) const { to(errors(what, req.id)); }

  /// Whoever signs with our secret and names somebody else's payment is worth a look.
  void refuse_and_record(std::string_view event, const problem& what) const {
    context.audit.record_refusal(event, req.from,
                                 {{"address", req.address},
                                  {"path", std::string{req.path}},
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
    claim.at = context.time.now();
    return claim;
  }

  void answer(std::variant<order_reply, failure> reply) const {
    const auto outcome = outcome_of(std::move(reply));
    if (const auto* wrong = std::get_if<problem>(&outcome)) return refuse(*wrong);
    to(received(*std::get<order_reply>(outcome).now));
  }

  /// A callback is a hint: whatever it says about money, the gateway is asked, and only its answer counts.
  void tell(const orderflow::order& now) const {
    const auto attempt = attempt_meant(word, now);
    if (!attempt) return refuse_and_record("callback-foreign-payment", payment_not_found());
    if (word.status == callback_status::refunded)
      return context.bridge.check_refunds(
          order, key(), [me = *this](std::variant<order_reply, failure> reply) { me.answer(std::move(reply)); });
    context.bridge.check_attempt(
        order, *attempt, key(),
        [me = *this, attempt = *attempt, money = now.money](std::variant<checked_attempt, failure> reply) {
          if (auto* failed = std::get_if<failure>(&reply)) return me.answer(std::move(*failed));
          auto& checked = std::get<checked_attempt>(reply);
          if (differs(me.word, checked.said, money)) me.record_difference(attempt, checked.said, money);
          me.answer(std::move(checked.order));
        });
  }

  /// Whoever signs with our secret and says what is not so is worth a look.
  void record_difference(uint32_t attempt, const charge_answer& said, currency money) const {
    const auto taken_in = said.money.value_or(money);
    const auto theirs = shortest_text(said.amount, taken_in) + " " + std::string{taken_in.name()};
    log_warn("callback-differs",
             {{"order", order.value}, {"attempt", attempt}, {"said", word_of(word.status)}, {"gateway", word_of(said.status)}});
    context.audit.record_refusal("callback-differs", req.from,
                                 {{"order", std::to_string(order.value)},
                                  {"attempt", std::to_string(attempt)},
                                  {"event_id", word.event},
                                  {"said", std::string{word_of(word.status)}},
                                  {"said_amount", sent_text(word.amount)},
                                  {"said_currency", sent_text(word.currency)},
                                  {"gateway", std::string{word_of(said.status)}},
                                  {"gateway_amount", said.status == charge_status::captured ? theirs : ""}});
  }

  /// An event that has had its effect needs no gateway: it is answered also while that is away.
  void recognise(const orderflow::order& now) const {
    auto known = std::make_shared<bool>(false);
    auto question = [known, event = word.event, order = order](reader& from) {
      const auto claim = from.find_key(std::string{source}, event);
      *known = claim && claim->order == order;
    };
    context.bridge.look_up(std::move(question), [me = *this, known, now](const failure& failed) {
      if (failed.code != errc::none) return me.refuse(problem_of(failed));
      if (*known) return me.to(me.received(now));
      me.tell(now);
    });
  }

  void look() const {
    order_request look;
    look.order = order;
    context.bridge.ask(std::move(look), commit_timeout, [me = *this](std::variant<order_reply, failure> reply) {
      const auto outcome = outcome_of(std::move(reply));
      if (const auto* wrong = std::get_if<problem>(&outcome)) {
        return wrong->status == 404 ? me.refuse_and_record("callback-unknown-order", *wrong) : me.refuse(*wrong);
      }
      me.recognise(*std::get<order_reply>(outcome).now);
    });
  }
};

/// `in_path` empty: the body names the order.
void take(delivery made, const std::optional<std::string>& in_path) {
  const auto& req = made.req;
  if (const auto wrong = verify_webhook(req.headers.signature, req.body, *made.context.keys(), made.context.time.now()))
    return made.refuse_and_record("callback-not-genuine", *wrong);
  auto decoded = decode_callback(req.body);
  if (const auto* wrong = std::get_if<problem>(&decoded)) return made.refuse(*wrong);
  made.word = std::get<payment_callback>(std::move(decoded));
  const auto named = in_path ? parse_order_id(*in_path) : made.word.order;
  if (!named && !in_path) return made.refuse(invalid({{"/orderId", "is required"}}));
  const bool other = in_path && made.word.order && made.word.order != named;
  if (!named || other) return made.refuse_and_record("callback-unknown-order", order_not_found());
  made.order = *named;
  made.look();
}

reply orders_v1_received(const order& now) {
  reply made;
  json_writer out{made.body};
  out.begin_object();
  out.key("received").boolean(true);
  out.key("order_id").integer(now.id.value);
  out.key("status").string(to_string(now.status));
  out.end_object();
  return made;
}

reply shop_received(const order&) {
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
  // Only compared, so nothing that stands there is wrong: not even null.
  for (const auto* name : {"amount", "paymentAmount"})
    if (const auto* sent = object.find(name)) word.amount = *sent;
  if (const auto* sent = object.find("currency")) word.currency = *sent;
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

std::optional<uint32_t> attempt_meant(const payment_callback& word, const order& now) {
  // Where both are given, the payment has to be the order's; the transaction may be a number that only the gateway knows.
  const auto attempt = attempt_named(now, word.payment.empty() ? word.transaction : word.payment);
  if (!attempt) return std::nullopt;
  const auto better = attempt_named(now, word.transaction);
  return better ? better : attempt;
}

bool differs(const payment_callback& word, const charge_answer& said, currency money) {
  const auto captured = said.status == charge_status::captured;
  const auto claimed = word.status == callback_status::completed ? charge_status::captured : charge_status::declined;
  if (said.status != claimed) return true;
  const auto taken_in = said.money.value_or(money);
  if (taken_in != money) return true;
  if (word.currency && word.currency->text != money.name()) return true;
  return captured && word.amount && amount_in(*word.amount, money) != said.amount;
}

std::vector<route> callback_routes(handler_context& context) {
  std::vector<route> table;
  route_options design;
  design.dialect = dialects::orders_v1;
  table.emplace_back(
      verb::post, "/api/v1/orders/{id}/webhook", audience::signed_callback(),
      [&context](const request& req, const responder& to) {
        take({context, req, to, &problem_json, &orders_v1_received}, req.values[0]);
      },
      design);
  route_options shop;
  shop.dialect = dialects::shop;
  shop.errors = &shop::problem_reply;
  table.emplace_back(
      verb::post, "/api/payment/callback", audience::signed_callback(),
      [&context](const request& req, const responder& to) {
        take({context, req, to, &shop::problem_reply, &shop_received}, std::nullopt);
      },
      shop);
  return table;
}

}  // namespace orderflow
