// The sandbox's carrier and mailbox. They stand for other companies' systems, hence the locks.
#pragma once

#include <mutex>
#include <unordered_set>

#include "gateways/key_digest.hpp"
#include "gateways/line_file.hpp"
#include "gateways/sandbox.hpp"

namespace orderflow {

/// Eight digits, the same for the same order and key however often it is asked. Two orders whose keys are `ship/<order>`
/// never share a number unless they are 90 million apart.
[[nodiscard]] std::string tracking_number_of(order_id order, std::string_view key);

class sandbox_shipments final : public carrier {
 public:
  /// Reads what was booked before. Throws std::runtime_error with a sentence.
  sandbox_shipments(std::string path, const clock& time);
  void book(const booking_request& request, std::function<void(booking_answer)> answered) override;

 private:
  const clock& time_;
  std::mutex mutex_;
  line_file file_;
  std::unordered_set<key_digest> booked_;
};

class sandbox_mailbox final : public mailer {
 public:
  sandbox_mailbox(std::string path, const clock& time) : time_(time), file_(std::move(path)) {}
  [[nodiscard]] std::string deliver(const outgoing_message& message) override;
  /// Everything ever delivered, oldest first; one that was delivered twice is there twice.
  [[nodiscard]] std::vector<sent_message> sent() const;

 private:
  const clock& time_;
  std::mutex mutex_;
  line_file file_;
};

}  // namespace orderflow
