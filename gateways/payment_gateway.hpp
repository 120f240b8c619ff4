// The service that holds the customers' money. Two implementations: the built-in sandbox, and a remote service over HTTP.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/secret.hpp"
#include "base/time.hpp"
#include "domain/account/stored_method.hpp"
#include "domain/ids.hpp"
#include "domain/money.hpp"

namespace orderflow {

struct charge_request {
  std::string key;  ///< `charge/<order>/<attempt>`: a gateway that honours keys charges once, however often it is asked.
  order_id order;
  minor_units amount = 0;
  currency money;
  std::string method;    ///< Token; never a card number.
  std::string tenant{};  ///< Whose order it is. A service of others is not told.
};

/// A definite answer names the key that it answers. Everything else is not definite: unknown, never a decline.
enum class charge_status : uint8_t {
  captured = 1,
  declined = 2,
  in_progress = 3,  ///< Accepted; the outcome comes by report, or when queried.
  not_found = 4,    ///< query: the gateway does not know the key. Not definite: the charge may still be under way.
  failed = 5,       ///< The gateway could not be reached or answered with an error.
};

struct charge_answer {
  std::string key;
  charge_status status{};
  std::string transaction;  ///< captured.
  minor_units amount = 0;   ///< captured: what was really taken.
  std::string reason;       ///< declined: the gateway's word, e.g. "insufficient_funds"; failed: for the log.
  /// captured, declined: of the payment, where the gateway says it. Empty: the one that was asked for.
  std::optional<currency> money = std::nullopt;
  /// failed: the call has not left this machine, so it may be made again as if for the first time.
  bool unsent = false;
};

struct refund_request {
  std::string key;  ///< `refund/<order>/<number>`.
  order_id order;
  minor_units amount = 0;
  currency money;
  /// It may have been sent before: a gateway that does not honour keys has to be asked first, and not sent it again.
  bool again = false;
  /// Where the gateway's cumulative figure has come as far as this, the refund is among what went back.
  minor_units settled_from = 0;
};

enum class refund_answer_status : uint8_t {
  settled = 1,
  refused = 2,
  failed = 3,
  told = 4,         ///< Only how much has gone back; no word about a refund of ours.
  in_progress = 5,  ///< The gateway is at it.
  not_shown = 6,    ///< The gateway answers, and the refund is not among what it tells. Not definite: it may still be under way.
};

struct refund_answer {
  std::string key;
  refund_answer_status status{};
  /// All that went back for this order so far, by whomever. failed, not_shown: without this refund, as far as it is known.
  minor_units cumulative = 0;
  std::string reason;
  bool unsent = false;  ///< failed: as in charge_answer; or the gateway has not taken the call, so the refund is not made.
  /// told: of the payment, where the gateway says it.
  std::optional<currency> money = std::nullopt;
};

/// A card as a client typed it in. Only this call carries it: it is never kept, logged or sent to another node, and neither the
/// CVV nor the whole number is in any answer.
struct card_details {
  secret<std::string> number;
  secret<std::string> cvv;
  uint8_t expiry_month = 0;  ///< 1 … 12.
  uint16_t expiry_year = 0;  ///< Four digits.
  std::string first_name;
  std::string last_name;
};

enum class card_status : uint8_t {
  stored = 1,
  refused = 2,  ///< The gateway does not take this card, or has none of this customer; `reason` says why.
  failed = 3,   ///< The gateway could not be reached or answered with an error.
};

struct card_answer {
  card_status status{};
  stored_method method;
  std::string reason;  ///< The gateway's word, e.g. "card_unknown"; failed: for the log.
};

/// Thread rule: calls may come from any thread and return at once; callbacks come from any thread, also from within the call,
/// at most once each, or never (a lost reply): the caller keeps its own deadline.
class payment_gateway {
 public:
  virtual ~payment_gateway() = default;
  virtual void charge(const charge_request& request, std::function<void(charge_answer)> answered) = 0;
  /// Asks how a charge stands.
  virtual void query(const std::string& key, order_id order, std::function<void(charge_answer)> answered) = 0;
  virtual void refund(const refund_request& request, std::function<void(refund_answer)> answered) = 0;
  /// How much went back for the order so far, by whomever: `told` with the cumulative figure, or `failed`.
  virtual void refunded(order_id order, std::function<void(refund_answer)> answered) = 0;
  /// Exchanges a card for a token that can be charged.
  virtual void store_card(const card_details& card, std::function<void(card_answer)> answered) = 0;
  /// The method that the gateway has on file for the customer.
  virtual void method_of(const std::string& customer, std::function<void(card_answer)> answered) = 0;
  /// Outcomes that the gateway tells on its own (callbacks). Set once, before the first charge.
  virtual void on_report(std::function<void(order_id, charge_answer)> reported) = 0;
  /// A charge may be sent again with the same key after an unknown outcome.
  [[nodiscard]] virtual bool honours_keys() const = 0;
};

}  // namespace orderflow
