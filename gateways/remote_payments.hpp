// The payment gateway as a service of its own, spoken to over HTTP as DD-ORDER-001 §6.1 says (docs/remote.md):
//   POST {url}/api/v1/payments               Idempotency-Key: charge/<order>/<attempt>
//   GET  {url}/api/v1/payments/order/{id}
//   POST {url}/api/v1/payments/refund        Idempotency-Key: refund/<order>/<number>
// An answer counts only when it is a whole payment of that order which names the attempt. A timeout, a 5xx, a text that is no
// payment, a payment of another order: the outcome is unknown, never a decline.
#pragma once

#include "gateways/http_client.hpp"
#include "gateways/payment_gateway.hpp"

namespace orderflow {

struct remote_payments_settings {
  std::string url;            ///< Without the path and without a slash at its end.
  secret<std::string> token;  ///< Bearer token; empty: none is sent.
  milliseconds timeout{0};    ///< Of one request.
  bool honours_keys = false;  ///< The service promises that a call sent again with its key has one effect.
};

class remote_payments final : public payment_gateway {
 public:
  /// `over` outlives every call; callbacks may come when this is gone.
  remote_payments(remote_payments_settings with, http_client& over);

  void charge(const charge_request& request, std::function<void(charge_answer)> answered) override;
  void query(const std::string& key, order_id order, std::function<void(charge_answer)> answered) override;
  /// With `again` the service is asked first; without honoured keys a refund that is not there stays unknown.
  void refund(const refund_request& request, std::function<void(refund_answer)> answered) override;
  void refunded(order_id order, std::function<void(refund_answer)> answered) override;
  /// Refused: the service takes methods that it knows, never card details (docs/remote.md).
  void store_card(const card_details& card, std::function<void(card_answer)> answered) override;
  /// Refused: the service is not asked what it has on file.
  void method_of(const std::string& customer, std::function<void(card_answer)> answered) override;
  /// The service's callbacks come in by HTTP, as reports to the order: there is nothing to listen to here.
  void on_report(std::function<void(order_id, charge_answer)>) override {}
  [[nodiscard]] bool honours_keys() const override { return with_.honours_keys; }

 private:
  [[nodiscard]] http_request question_about(order_id order) const;
  [[nodiscard]] http_request post(const std::string& path, const std::string& key, std::string body) const;
  void send_refund(const refund_request& request, std::function<void(refund_answer)> answered) const;

  remote_payments_settings with_;
  http_client& over_;
};

}  // namespace orderflow
