// What travels between actors, apart from the journal's own types. All of it stays within the process.
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/errc.hpp"
#include "domain/account/account.hpp"
#include "domain/catalogue/catalogue.hpp"
#include "domain/inventory/inventory.hpp"
#include "domain/order/commands.hpp"
#include "domain/order/decide.hpp"
#include "domain/order/message.hpp"
#include "domain/order/pending_effects.hpp"
#include "gateways/carrier.hpp"
#include "gateways/cart_service.hpp"
#include "gateways/payment_gateway.hpp"
#include "journal/store.hpp"

namespace orderflow {

/// Whose word a request is. Roles are checked by the router, ownership where the order is loaded.
enum class role : uint8_t { customer = 1, merchant = 2, service = 3, operator_ = 4 };
struct principal {
  std::string subject;
  std::string tenant;
  role as = role::customer;
  std::string client{};  ///< The program that the token was issued to (claim azp): names its signing secret. Empty: none.
};

/// When the caller of an order wants its answer.
enum class answer_when : uint8_t {
  committed = 1,  ///< As soon as what it led to is durable.
  settled = 2,    ///< When nothing is going on any more (see `settled`), or when `answer_now` says so.
};

/// At which versions of an order a request may be carried out (If-Match and If-None-Match).
struct version_condition {
  std::optional<std::vector<uint64_t>> one_of;  ///< Empty: any.
  std::vector<uint64_t> none_of{};
  bool unless_any = false;  ///< Not if the order exists at all.

  [[nodiscard]] bool names(uint64_t version) const {
    return !one_of || std::find(one_of->begin(), one_of->end(), version) != one_of->end();
  }
  [[nodiscard]] bool excludes(uint64_t version) const {
    return unless_any || std::find(none_of.begin(), none_of.end(), version) != none_of.end();
  }
};

/// A command, or (without one) a read, for an existing order.
struct order_request {
  order_id order;
  std::optional<order_command> command;  ///< Empty: only look.
  answer_when when = answer_when::committed;
  std::optional<principal> from;                ///< Empty: an actor of ours; a foreign principal is told there is no such order.
  std::optional<version_condition> if_version;  ///< Refused where the order's version does not meet it.
  std::optional<key_claim> key;                 ///< A command sent again with its key is answered with the present state.
  bool repeat = false;  ///< It has been carried out: the answer says `repeated`; a key without a command is noted for it.
};

/// A new order. Its id is given by the shard that gets it.
struct create_request {
  std::variant<place_order, open_cart> what;  ///< `id` is filled in by the supervisor.
  timestamp at{};
  answer_when when = answer_when::committed;
  std::optional<key_claim> key;  ///< `order` is filled in likewise.
  uint64_t ticket = 0;           ///< Not 0: the HTTP side wants to be told the id (`assigned_id`).
  /// A second name of the intent, besides `key`: the order is found by either. `order` is filled in likewise.
  std::optional<key_claim> also{};
};

enum class order_outcome : uint8_t {
  done = 1,                 ///< As asked; also when it had been done before.
  accepted = 2,             ///< Granted, and carried out when something else has settled.
  refused = 3,              ///< `why` says which rule.
  repeated = 4,             ///< create: the key is known, `now` is the order that came of it.
  other_body = 5,           ///< create: the key is known with another body.
  version_differs = 6,      ///< If-Match does not hold; `now` is the present state.
  version_is_excluded = 7,  ///< If-None-Match does not hold; `now` is the present state.
};

/// What is going on with an effect that is owed: for `waiting_for`. Not stored.
struct effect_progress {
  order_id order;
  std::string key;
  uint32_t tries = 0;
  timestamp since{};
  timestamp next_try_at{};
  std::string reason{};      ///< Why the last try brought nothing; empty where that is not known.
  bool is_answered = false;  ///< What is outside answers, only not with an outcome.
};

struct order_reply {
  order_outcome outcome = order_outcome::done;
  refusal why = refusal::none;
  std::shared_ptr<const order> now;             ///< Committed state; nullptr only where the order does not exist.
  std::shared_ptr<const effect_progress> busy;  ///< Reads: what the order waits for outside, where known.
};

/// Order (or operator) → inventory. `after`: what must be committed for the request to make sense.
struct stock_request {
  inventory_command command;
  timestamp at{};
  std::optional<cause> after;
  std::optional<key_claim> key{};   ///< Of an adjustment: sent again with it, nothing is adjusted.
  std::optional<key_claim> also{};  ///< A second name of the same adjustment.
  /// Names that the same goods may have been taken under before: all of them, with the same content, is the same adjustment; some
  /// of them is another one, which is refused.
  std::vector<key_claim> others{};
};

/// Inventory → order, possibly ahead of its commit: the receiver's append names `after`.
struct stock_reply {
  inventory_outcome outcome{};
  std::vector<product_id> short_of;
  std::optional<cause> after;
  std::vector<stock_row> levels{};  ///< Adjustments: of the products named, as they stand now.
  bool repeated = false;            ///< The key is known: nothing was done now.
  bool other_body = false;          ///< The key is known with another body: nothing was done at all.
};

/// Operator → catalogue.
struct product_request {
  put_product command;
  timestamp at{};
  std::optional<key_claim> key{};  ///< Sent again with it, nothing is changed.
};
struct product_reply {
  catalogue_snapshot now;   ///< As it is durable.
  bool repeated = false;    ///< The key is known: nothing was done now.
  bool other_body = false;  ///< The key is known with another body: nothing was done at all.
};

/// A command, or (without one) a read, for what is kept of a customer.
struct account_request {
  account_key who;
  std::optional<account_command> command;  ///< Empty: only look.
  timestamp at{};
  std::optional<key_claim> key;  ///< A command sent again with its key is answered with the present state.
};

struct account_reply {
  account_outcome outcome = account_outcome::done;
  std::shared_ptr<const account> now;  ///< Committed state; version 0 where nothing is kept yet. nullptr with `other_body`.
};

// Order → payment actor and carrier, after the commit. The outcome comes back to the order's id, as a command.

struct charge_order {
  order_id order;
  uint32_t attempt = 0;
  minor_units amount = 0;
  currency money;
  std::string method;
  bool again = false;
  std::string tenant{};
  bool only_asked = false;  ///< It is not made: an operator has settled it, and the gateway is asked what it knows.
};
struct refund_money {
  order_id order;
  uint32_t number = 0;
  minor_units amount = 0;
  currency money;
  bool again = false;
  minor_units settled_from = 0;  ///< See refund_request.
};
/// The order does not owe the refund any more.
struct end_refund {
  order_id order;
  uint32_t number = 0;
};
struct book_shipment {
  order_id order;
  std::string name;
  std::string address;
};

/// Clears the cart of a user at the cart service, or (without `clear`) fetches it.
struct cart_call {
  std::string user;
  bool clear = false;
};

// HTTP → payment actor. These stay within the process: a card is handed over once and kept by nobody.

/// Exchanges a card for a token.
struct card_to_store {
  std::shared_ptr<const card_details> card;
};
/// The method that the gateway has on file for the customer.
struct method_question {
  std::string customer;
};
/// How the charge of the attempt stands.
struct charge_question {
  order_id order;
  uint32_t attempt = 0;
};
/// How much has gone back for the order, by whomever.
struct refund_question {
  order_id order;
};

/// A report about an order, sent to its id through its supervisor: survives the order's own restarts.
struct order_report {
  order_id order;
  order_command what;
};

/// A deadline of the order may have come; which one, and whether it has, its state says.
struct deadline_due {
  order_id order;
};

/// Supervisor → the bridge that asked for a new order and waits for it to settle: this is its id.
struct assigned_id {
  uint64_t ticket = 0;
  order_id order;
};

/// Committed fact, told to a follower by the order's shell.
struct committed_event {
  std::shared_ptr<const order> now;
  uint64_t seq = 0;
  recorded_event recorded;
};

/// A message that a client asks for. Answered once it is durable; delivered from `send_at` on, until it is.
struct requested_message {
  std::string tenant;
  std::string user;      ///< Whom it is about.
  std::string asked_by;  ///< Subject of the principal: the cap counts by it.
  std::string channel;   ///< "email", "sms".
  std::string recipient;
  std::string subject;
  std::string text;
  timestamp at{};       ///< When it was asked for.
  timestamp send_at{};  ///< A time that has passed means now.
  order_id order;       ///< 0: about no order.
  std::optional<key_claim> key;
};
struct message_reply {
  bool repeated = false;         ///< The key is known: nothing new was queued.
  bool other_body = false;       ///< The key is known with another body: nothing was queued.
  milliseconds too_many_for{0};  ///< Above 0: the principal has asked for too many; after this time it may ask again.
};

/// A deadline inside the timer actor's window. A later one for the same order replaces it.
struct armed_deadline {
  order_id order;
  timestamp at{};
};

/// A question to the store, run on a reader's thread; it delivers its own answer.
struct read_task {
  std::function<void(reader&)> run;
};

/// An order that its supervisor no longer starts.
struct quarantine_note {
  order_id order;
  std::string reason;
  timestamp since{};
};

/// Work that a session's thread hands to the gateway actor.
class bridge_state;
struct exchange {
  std::function<void(bridge_state&)> run;
};

}  // namespace orderflow
