// Tells people what happened to their orders. A follower of the journal: the orders' shells tell it facts as they become
// durable; a sweep over the journal from its cursor finds what a crash swallowed. At least once per (order, seq, channel): the
// row that says "sent" is written after the delivery, and looked for before one that may have been made. Spawned detached:
// delivering blocks.
#pragma once

#include <map>
#include <set>

#include "actors/notices.hpp"
#include "actors/services.hpp"
#include "gateways/mailer.hpp"

namespace orderflow {

class notification_state {
 public:
  static inline const char* name = "orderflow.notification";

  notification_state(notification_actor::pointer self, services_ptr with, mailer& mail);

  notification_actor::behavior_type make_behavior();

 private:
  /// (order, seq): what a notification is known by, besides its channel.
  using place = std::pair<int64_t, uint64_t>;

  void told(const told_fact& fact);
  caf::result<bool> asked(asked_notice& wish);
  void send_asked(const std::string& id, const asked_notice& wish);
  void answer_asked(const std::string& id, const caf::expected<bool>& result);
  [[nodiscard]] bool deliver(outgoing_message message);
  void tell(const order& now, uint64_t seq, notice_kind kind);
  void write(notification_row row);
  void sweep();
  void read_on();
  void look_for_missing(std::vector<recorded_event> events, bool more);
  void move_cursor(position to);

  notification_actor::pointer self_;
  services_ptr services_;
  mailer& mail_;
  std::set<place> recent_;          ///< Delivered here since the cursor; the sweep passes them by.
  std::optional<position> cursor_;  ///< Everything up to here was delivered. Empty: not read yet.
  std::map<std::string, std::vector<caf::typed_response_promise<bool>>>
      asking_;  ///< By Message-ID: asked for, row not written yet.
  bool sweeping_ = false;
};

}  // namespace orderflow
