// Delivers messages to people. Blocking; called from the notification actor's own thread.
#pragma once

#include <string>

namespace orderflow {

struct outgoing_message {
  std::string id;       ///< Message-ID: `<order>.<seq>.<channel>`; the same when delivered again after a crash.
  std::string channel;  ///< "email", "sms".
  std::string recipient;
  std::string subject;
  std::string text;
};

class mailer {
 public:
  virtual ~mailer() = default;
  /// Empty: delivered. Otherwise what failed; it is tried again.
  [[nodiscard]] virtual std::string deliver(const outgoing_message& message) = 0;
};

}  // namespace orderflow
