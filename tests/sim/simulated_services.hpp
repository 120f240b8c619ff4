// The world around a process, as full fakes that are played by script: a payment gateway with its own ledger, a carrier and a
// mailbox. They survive the process. Behaviour of a charge goes by its method token:
//   ok            captured at once                       declined      declined at once
//   lost_reply    captured, the answer never comes       lost_request  the first call never arrives, the next one is captured
//   error         three errors, then captured            in_progress   accepted; the test says how it ends
//   wrong_amount  one unit too much is captured          unreachable   three tries that never leave, then captured
//   other_currency  captured, as the answers say, in yen
//   told_wrong    captured; the answer says one unit less, later ones say what was taken
// Thread rule: one thread, that of the deterministic scheduler.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "gateways/carrier.hpp"
#include "gateways/mailer.hpp"
#include "gateways/payment_gateway.hpp"

namespace orderflow::test {

enum class ledger_kind : uint8_t { capture = 1, decline = 2, refund = 3 };

/// What really happened at the gateway; the only judge of money.
struct ledger_line {
  ledger_kind kind{};
  std::string key;
  order_id order;
  minor_units amount = 0;
};

class scripted_gateway final : public payment_gateway {
 public:
  void charge(const charge_request& request, std::function<void(charge_answer)> answered) override;
  void query(const std::string& key, order_id order, std::function<void(charge_answer)> answered) override;
  void refund(const refund_request& request, std::function<void(refund_answer)> answered) override;
  void refunded(order_id order, std::function<void(refund_answer)> answered) override;
  /// Numbers that end in 4242 are stored as token "ok", others are refused.
  void store_card(const card_details& card, std::function<void(card_answer)> answered) override;
  /// Everybody has "ok" but a customer named "nobody".
  void method_of(const std::string& customer, std::function<void(card_answer)> answered) override;
  void on_report(std::function<void(order_id, charge_answer)> reported) override { report_ = std::move(reported); }
  [[nodiscard]] bool honours_keys() const override { return keys_are_honoured; }

  // -- the script ----------------------------------------------------------------------------------------------------
  bool keys_are_honoured = true;
  bool down = false;  ///< Every call fails at once.
  bool mute = false;  ///< No call arrives and none is answered.
  bool refuses_refunds = false;
  bool loses_refunds = false;  ///< No refund arrives, and none is answered.
  bool drops_refunds = false;  ///< No refund arrives, and each is answered with an error.
  bool holds_answers = false;  ///< Answers wait for `answer_held`.
  /// Says the answers that wait, in the order of their calls.
  void answer_held();
  [[nodiscard]] size_t held() const { return held_.size(); }
  /// Says one of the answers that wait.
  void answer_held(size_t place);
  /// A charge in progress ends, and the gateway reports it by itself.
  void settle(const std::string& key, bool captured);
  /// Money is taken although the charge was declined, and reported.
  void capture_late(order_id order, const std::string& key, minor_units amount);
  /// Says all outcomes of charges again, as gateways do with callbacks that were not acknowledged.
  void report_again();
  /// Keys of charges whose outcome is still open.
  [[nodiscard]] std::vector<std::string> in_progress() const;
  /// Somebody returns money without us.
  void external_refund(order_id order, minor_units amount);

  // -- what happened -------------------------------------------------------------------------------------------------
  [[nodiscard]] const std::vector<ledger_line>& ledger() const { return ledger_; }
  [[nodiscard]] size_t count(ledger_kind kind, const std::string& key) const;
  [[nodiscard]] minor_units captured(order_id order) const { return sum(ledger_kind::capture, order); }
  [[nodiscard]] minor_units refunded(order_id order) const { return sum(ledger_kind::refund, order); }
  uint32_t charges_asked = 0;
  uint32_t queries_asked = 0;
  uint32_t refunds_asked = 0;

 private:
  struct charge_record {
    charge_status status{};
    std::string transaction;
    minor_units amount = 0;
    order_id order;
    bool in_other_currency = false;
  };

  [[nodiscard]] minor_units sum(ledger_kind kind, order_id order) const;
  [[nodiscard]] charge_answer answer_of(const std::string& key) const;
  void book_capture(const std::string& key, order_id order, minor_units amount);
  void book_decline(const std::string& key, order_id order);
  void say(std::function<void()> answer);

  std::map<std::string, charge_record> charges_;
  std::map<std::string, uint32_t> tries_;
  std::set<std::string> refund_keys_;
  std::vector<ledger_line> ledger_;
  std::vector<std::function<void()>> held_;
  std::function<void(order_id, charge_answer)> report_;
};

class scripted_carrier final : public carrier {
 public:
  void book(const booking_request& request, std::function<void(booking_answer)> answered) override;

  uint32_t failing = 0;  ///< So many bookings fail.
  uint32_t silent = 0;   ///< So many are booked, but the answer is lost.
  bool refuses = false;
  bool holds_answers = false;
  void answer_held();
  /// Parcels by key: more than one per order cannot happen, the carrier honours keys.
  std::map<std::string, std::string> shipments;
  uint32_t asked = 0;

 private:
  std::vector<std::function<void()>> held_;
};

class scripted_mailer final : public mailer {
 public:
  [[nodiscard]] std::string deliver(const outgoing_message& message) override;

  uint32_t failing = 0;                  ///< So many deliveries fail.
  std::string undeliverable;             ///< Nothing reaches this recipient.
  uint32_t asked = 0;                    ///< Deliveries tried.
  std::function<void()> after_delivery;  ///< For a crash between the delivery and its row.
  std::vector<outgoing_message> sent;
  [[nodiscard]] size_t count(const std::string& subject_part) const;
};

struct simulated_services {
  scripted_gateway payments;
  scripted_carrier shipments;
  scripted_mailer mail;
};

}  // namespace orderflow::test
