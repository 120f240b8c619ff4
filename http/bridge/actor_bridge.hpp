// The bridge between HTTP sessions (Asio) and actors (CAF). Sessions see only this header, never an actor.
// Thread rule: all members are called on the thread of the executor it was made for; every callback runs there too, exactly
// once, with an answer or an error.
#pragma once

#include <functional>
#include <memory>
#include <variant>

#include "base/errc.hpp"
#include "messages/values.hpp"

namespace orderflow {

/// What the gateway said about a charge, and the order that knows it.
struct checked_attempt {
  charge_answer said;
  order_reply order;
};

template <class T>
using answered = std::function<void(std::variant<T, failure>)>;

class actor_bridge {
 public:
  struct link;  ///< Holds the actor; defined in http/bridge/bridge_actor.cpp.
  explicit actor_bridge(std::shared_ptr<link> to) : link_(std::move(to)) {}

  /// Makes an order. With `answer_when::settled` the present state is answered after `timeout` at the latest.
  void create(create_request request, milliseconds timeout, answered<order_reply> done);

  /// Commands or reads an order; timeout as above. A command that is to be answered when committed, and is not in time, ends
  /// with errc::outcome_unknown.
  void ask(order_request request, milliseconds timeout, answered<order_reply> done);

  // Products and stock are a tenant's own: each has a catalogue and a warehouse, empty until something is put in.

  /// Adjusts or counts the tenant's stock.
  void stock(const std::string& tenant, stock_request request, answered<stock_reply> done);

  /// Commands or reads what is kept of a customer; answered once durable.
  void account(account_request request, answered<account_reply> done);

  /// Exchanges a card at the payment gateway for a token. The card stays within the process and is kept by nobody.
  void store_card(card_details card, answered<card_answer> done);
  /// The method that the gateway has on file for the customer.
  void method_of(std::string customer, answered<card_answer> done);
  /// What is in the user's cart at the cart service; fails where the carts are our own.
  void foreign_cart(std::string user, answered<fetched_cart> done);
  /// Asks the gateway how the charge of the attempt stands, lets the order record what is definite about it, and tells both.
  /// `key` as below.
  void check_attempt(order_id order, uint32_t attempt, std::optional<key_claim> key, answered<checked_attempt> done);
  /// Asks the gateway how much has gone back for the order and lets the order record what is new. `key` as in order_request: of
  /// the callback that said so.
  void check_refunds(order_id order, std::optional<key_claim> key, answered<order_reply> done);

  /// Puts a product into the tenant's catalogue; answered once durable.
  void put_product(const std::string& tenant, product_request request, answered<product_reply> done);

  /// Queues a message; answered once it is durable. Its delivery follows, also after a restart.
  void send_message(requested_message command, answered<message_reply> done);
  /// Where the customer is reached by that channel ("email", "sms"), as far as anybody knows; empty: nowhere.
  void find_recipient(std::string tenant, std::string user, std::string channel, answered<std::string> done);

  /// Runs `question` on a reader's thread, then `done` here; an error if the store is not reachable.
  /// What `question` finds it leaves in state that it shares with `done`.
  void read(std::function<void(reader&)> question, std::function<void(failure)> done);

  /// The same for a short question that a request waits for: not behind lists.
  void look_up(std::function<void(reader&)> question, std::function<void(failure)> done);

  /// The tenant's catalogue as it stands. Immutable; keep it for one request.
  [[nodiscard]] catalogue_snapshot products(const std::string& tenant) const;

  /// The present level of the tenant's warehouse as decided (reservations in flight included), answered by the inventory itself.
  void stock_level_of(const std::string& tenant, product_id product, answered<stock_level> done);

  /// Orders held back, all shards.
  void quarantined(answered<std::vector<quarantine_note>> done);
  /// Tries a quarantined order again.
  void redrive(order_id order, answered<bool> done);

  /// Charges and refunds that have been tried in vain so far, those that wait longest first, with the gateway's last words.
  void waiting_payments(answered<std::vector<effect_progress>> done);
  /// Tries a message again that was given up; false: there is none of that number.
  void redrive_message(int64_t number, answered<bool> done);

  /// What the process depends on and does not reach at the moment.
  struct outage {
    std::string_view name;  ///< "journal", "payment_gateway", "mail"; a literal.
    timestamp since{};
    std::string reason;
  };
  [[nodiscard]] std::vector<outage> outages() const;

  /// Requests that the actors have not answered yet, also those whose callers have been told that nobody knows: what admission
  /// looks at. Lists are counted for themselves, since the order path does not wait for them.
  [[nodiscard]] size_t in_flight() const;
  /// How long the oldest append has waited for the journal, also while that hangs: what admission looks at.
  [[nodiscard]] std::chrono::microseconds queue_delay() const;
  /// The store takes no writes at the moment: what admission looks at.
  [[nodiscard]] bool store_away() const;
  /// Charges and refunds without a definite answer of the gateway: what admission looks at.
  [[nodiscard]] size_t unsettled_payments() const;

 private:
  std::shared_ptr<link> link_;
};

}  // namespace orderflow
