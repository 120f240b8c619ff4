// Tells people what happened to their orders. A follower of the journal: the orders' shells tell it facts as they become
// durable; a sweep over the journal from its cursor finds what a crash swallowed. At least once per (order, seq, channel): the
// row that says "sent" is written after the delivery, and looked for before one that may have been made. What clients ask for
// themselves goes through actors/followers/notifications/outbound_queue.hpp. Spawned detached: delivering blocks.
//
// A fact belongs to its teller while it is young and to the sweep afterwards, so that nobody is told twice however late a
// order's message is read. One message that cannot be delivered is set aside, into the queue of what clients asked for, which
// tries it again for days; when none can be delivered, all wait in the journal, where they cost no memory.
#pragma once

#include <deque>
#include <set>

#include "actors/followers/notifications/outbound_queue.hpp"
#include "base/breaker.hpp"
#include "domain/order/message_text.hpp"

namespace orderflow {

class notification_state {
 public:
  static inline const char* name = "orderflow.notification";

  notification_state(notification_actor::pointer self, services_ptr with, mailer& mail);

  notification_actor::behavior_type make_behavior();

 private:
  /// (order, seq): what a notification is known by, besides its channel.
  using place = std::pair<int64_t, uint64_t>;
  /// A fact that somebody is to be told.
  struct pending_delivery {
    std::shared_ptr<const order> now;
    uint64_t seq = 0;
    message_kind kind{};
    std::string recipient;
    std::optional<minor_units> returned = std::nullopt;  ///< See `returned_by`.
  };
  /// A part of the journal that the sweep has in hand.
  struct page {
    std::vector<journal_event> events;
    std::deque<pending_delivery> pending;
    bool more = false;  ///< The journal goes on behind it.
    bool lost = false;  ///< Something could neither be told nor set aside: the cursor stays before it.
  };

  void told(const committed_event& committed);
  [[nodiscard]] bool is_young(timestamp at) const;
  [[nodiscard]] delivery deliver(const outgoing_message& message);
  [[nodiscard]] bool tell(const pending_delivery& one);
  void set_aside(const outgoing_message& message, notification_row row, place at);
  void write();
  caf::result<void> write_all();

  void sweep();
  void read_on();
  void look_for_missing(std::vector<journal_event> events, bool more);
  void go_on();
  void finish_page();
  void end_sweep();

  notification_actor::pointer self_;
  services_ptr services_;
  mailer& mail_;
  breaker service_;
  std::set<place> recent_;          ///< Told or set aside since the cursor; the sweep passes them by.
  std::optional<position> cursor_;  ///< Everything up to here was told. Empty: not read yet.
  bool sweeping_ = false;
  timestamp started_at_;
  bool caught_up_ = false;  ///< The first sweep has ended; until then what is told waits, behind the facts of before.
  std::vector<committed_event> early_{};
  std::optional<page> page_;
  size_t being_set_aside_ = 0;

  /// What is to be written. It is collected while the journal has the last part in hand, and cursors go behind their rows.
  follower_write unwritten_;
  follower_write in_hand_;
  bool writing_ = false;
  std::vector<caf::typed_response_promise<void>> want_all_written_;

  outbound_queue asked_for_;
};

}  // namespace orderflow
