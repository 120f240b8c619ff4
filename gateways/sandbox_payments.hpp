// The sandbox's payment gateway. It stands for another company's system, so it has what our own code has not: a lock and a
// thread of its own (for answers that take time).
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "gateways/delayed_calls.hpp"
#include "gateways/key_digest.hpp"
#include "gateways/line_file.hpp"
#include "gateways/sandbox_ledger.hpp"
#include "gateways/split_map.hpp"

namespace orderflow {

class sandbox_payments final : public payment_gateway {
 public:
  /// Reads the ledger at `path`, resumes slow charges. Throws std::runtime_error with a sentence.
  sandbox_payments(std::string path, const clock& time);

  void charge(const charge_request& request, std::function<void(charge_answer)> answered) override;
  void query(const std::string& key, order_id order, std::function<void(charge_answer)> answered) override;
  void refund(const refund_request& request, std::function<void(refund_answer)> answered) override;
  void refunded(order_id order, std::function<void(refund_answer)> answered) override;
  /// Takes the test cards, whatever their date. Of no card is anything kept.
  void store_card(const card_details& card, std::function<void(card_answer)> answered) override;
  /// Everybody has the same card on file.
  void method_of(const std::string& customer, std::function<void(card_answer)> answered) override;
  void on_report(std::function<void(order_id, charge_answer)> reported) override;
  [[nodiscard]] bool honours_keys() const override { return true; }

  /// See `sandbox::refund_outside`.
  [[nodiscard]] bool external_refund(order_id order, minor_units amount, currency money);
  /// See `sandbox::capture_late`.
  [[nodiscard]] bool capture_late(order_id order, uint32_t attempt, minor_units amount, currency money, bool told);
  /// See `sandbox::set_mode`.
  [[nodiscard]] bool set_mode(const std::string& mode, milliseconds delay);
  [[nodiscard]] std::vector<ledger_entry> ledger() const;
  [[nodiscard]] bool was_captured(const std::string& key) const;

  static constexpr milliseconds slow_takes{2'000};
  static constexpr uint8_t failures_of_error_500 = 3;

 private:
  /// Small on purpose: one for every charge ever made.
  struct charge_record {
    order_id order;
    minor_units amount = 0;
    currency money;
    sandbox_token method = sandbox_token::ok;
    charge_outcome outcome = charge_outcome::open;
    uint8_t failures = 0;
    bool queried = false;
  };
  struct order_money {
    minor_units captured = 0;
    minor_units refunded = 0;
    [[nodiscard]] bool can_return(minor_units amount) const { return amount > 0 && amount <= captured - refunded; }
  };
  struct refund_record {
    bool settled = false;
  };
  using open_slow_charges = std::unordered_map<std::string, timestamp>;

  void read_ledger();
  void recall(const ledger_line& line, open_slow_charges& slow);

  // Called with the lock held. No answer: the caller hears nothing.
  [[nodiscard]] std::optional<charge_answer> decide_charge(const charge_request& request);
  [[nodiscard]] std::optional<charge_answer> new_charge(const charge_request& request, charge_record record);
  [[nodiscard]] std::optional<charge_answer> decide_query(const std::string& key);
  [[nodiscard]] refund_answer decide_refund(const refund_request& request);
  [[nodiscard]] std::optional<charge_answer> answer_known(const std::string& key, const charge_record& record) const;
  [[nodiscard]] bool write(ledger_kind kind, const std::string& key, const charge_record& record, const std::string& tenant = {});

  /// Answers after the delay that the mode sets; `answer` is made with the lock held, and told whether the gateway is down.
  template <class Answer>
  void answer_in_time(std::function<void(Answer)> answered, const std::function<Answer(bool down)>& answer);

  void book_capture(charge_record& of, minor_units amount, currency money);
  /// What was taken and returned for the order in that currency. Called with the lock held.
  [[nodiscard]] order_money& money_of(order_id order, currency money);

  void capture_later(std::string key, milliseconds delay);
  void capture_slow(const std::string& key);
  void report(order_id order, charge_answer answer);

  const clock& time_;
  mutable std::mutex mutex_;
  line_file file_;
  split_map<key_digest, charge_record> charges_;
  split_map<order_id, order_money> orders_;                         ///< In the currency that was asked for.
  std::map<std::pair<order_id, currency>, order_money> elsewhere_;  ///< In another one: rare.
  split_map<key_digest, refund_record> refunds_;
  bool down_ = false;
  std::optional<sandbox_token> forced_;
  milliseconds delay_{0};
  std::function<void(order_id, charge_answer)> reported_;
  std::vector<std::pair<order_id, charge_answer>> unreported_;  ///< Came before anybody listened.
  delayed_calls later_;                                         ///< Last: its thread ends before anything that its calls use.
};

}  // namespace orderflow
