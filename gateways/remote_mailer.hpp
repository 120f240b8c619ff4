// Messages through a notification service, spoken to over HTTP as DD-ORDER-001 §6.2 says (docs/remote.md):
//   POST {url}/api/v1/notifications/email     Idempotency-Key: <id of the message>
// Any 2xx means that the service has it; everything else is tried again with the same key.
#pragma once

#include "gateways/http_client.hpp"
#include "gateways/mailer.hpp"

namespace orderflow {

struct remote_mailer_settings {
  std::string url;            ///< Without the path and without a slash at its end.
  secret<std::string> token;  ///< Bearer token; empty: none is sent.
  milliseconds timeout{0};    ///< Of one delivery.
};

class remote_mailer final : public mailer {
 public:
  /// `over` outlives this.
  remote_mailer(remote_mailer_settings with, http_client& over) : with_(std::move(with)), over_(over) {}
  [[nodiscard]] std::string deliver(const outgoing_message& message) override;

 private:
  remote_mailer_settings with_;
  http_client& over_;
};

}  // namespace orderflow
