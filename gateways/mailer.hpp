// Delivers messages to people. Blocking; called from the notification actor's own thread.
#pragma once

#include <optional>
#include <string>

#include "domain/ids.hpp"
#include "domain/order/message.hpp"

namespace orderflow {

struct outgoing_message {
  std::string id;       ///< Message-ID: `<order>.<seq>.<channel>`; the same when delivered again after a crash.
  std::string channel;  ///< "email", "sms".
  std::string recipient;
  std::string subject;
  std::string text;
  std::optional<message_kind> kind = std::nullopt;  ///< Of a message about an order: a service may have templates of its own.
  order_id order{};                                 ///< 0: about none.
  std::string tenant{};                             ///< Whose customer is written to.
};

class mailer {
 public:
  virtual ~mailer() = default;
  /// Empty: delivered. Otherwise what failed; it is tried again.
  [[nodiscard]] virtual std::string deliver(const outgoing_message& message) = 0;
};

}  // namespace orderflow
