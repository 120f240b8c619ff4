// Tells people what happened to their orders. A follower of the journal: the orders' shells tell it facts as they become
// durable; a sweep over the journal from its cursor finds what a crash swallowed. At least once per (order, seq, channel): the
// row that says "sent" is written after the delivery, and looked for before one that may have been made. What clients ask for
// themselves goes through actors/notice_queue.hpp. Spawned detached: delivering blocks.
#pragma once

#include <set>

#include "actors/notice_queue.hpp"
#include "domain/order/notice_text.hpp"

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
  [[nodiscard]] bool deliver(const outgoing_message& message);
  void tell(const order& now, uint64_t seq, notice_kind kind, const std::string& recipient);
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
  bool sweeping_ = false;
  notice_queue asked_for_;
};

}  // namespace orderflow
