// The sandbox's word to the order service about a charge that ended by itself: DD-ORDER-001 §2.6, signed.
//   POST {url}/api/v1/orders/{id}/webhook     X-Signature: t=…,v1=…
// Told again, with the same event id, until the order service takes it, a few times.
#pragma once

#include <string>

#include "base/secret.hpp"
#include "base/time.hpp"
#include "gateways/delayed_calls.hpp"
#include "gateways/http_client.hpp"
#include "gateways/payment_gateway.hpp"

namespace orderflow {

class sandbox_callbacks {
 public:
  /// `url`: the order service, without the path. `time` and `over` outlive this; `over` ends first.
  sandbox_callbacks(std::string url, secret<std::string> key, const clock& time, http_client& over)
      : url_(std::move(url)), key_(std::move(key)), time_(time), over_(over) {}

  /// Thread rule: any thread.
  void tell(order_id order, const charge_answer& answer);

 private:
  void send(const std::string& path, const std::string& body, uint32_t tries);

  std::string url_;
  secret<std::string> key_;
  const clock& time_;
  http_client& over_;
  delayed_calls later_;
};

}  // namespace orderflow
