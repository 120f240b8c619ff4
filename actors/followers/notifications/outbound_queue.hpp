// Messages that clients ask for themselves, now or for later. The queue is a table of the store, with an index on what is not
// sent yet: whoever asks is answered when the row is durable, and a crash loses nothing. Delivery is at least once, always
// under the same Message-ID: the row says "sent" after it. Here in memory are only the keys being asked for, what was
// delivered and not recorded yet, and when to look again. Thread rule: the notification actor's.
#pragma once

#include <functional>
#include <map>

#include "actors/services.hpp"
#include "gateways/mailer.hpp"

namespace orderflow {

enum class delivery : uint8_t {
  done = 1,
  failed = 2,   ///< This message, at least.
  not_now = 3,  ///< Nothing was tried: none can be delivered at the moment.
};

class outbound_queue {
 public:
  outbound_queue(notification_actor::pointer self, services_ptr with, std::function<delivery(const outgoing_message&)> deliver);

  /// Answered when it is durable, or was before (its key is known), or nothing was done (see notice_reply).
  [[nodiscard]] caf::result<message_reply> ask(requested_message& request);
  /// A message about an order that could not be delivered is tried again like one that was asked for, under its own Message-ID.
  /// `failed` is written with it, and as sent once it is. `taken`: whether all that is durable.
  void take_over(const outgoing_message& message, notification_row failed, std::function<void(bool durable)> taken);
  /// Tries a message again that was given up, with as much time as for a new one; false: it was not given up.
  [[nodiscard]] caf::result<bool> redrive(int64_t number);
  /// Looks for what an earlier run left. Once is enough; more does no harm.
  void start();
  /// The wake-up of that number has come.
  void wake(uint64_t number);

 private:
  using promise = caf::typed_response_promise<message_reply>;
  using key_place = std::pair<std::string, std::string>;  ///< Scope and key.
  struct asked {
    requested_message request;
    std::optional<promise> to{};              ///< A client's; empty where a message is taken over.
    std::optional<notification_row> about{};  ///< See `take_over`.
    std::function<void(bool)> taken{};
  };
  struct waiting_asker {
    uint64_t body_hash = 0;
    promise to;
  };

  void look_for_key(asked one);
  void accept(asked one);
  void number(asked one);
  void number_those_waiting();
  void queue(const asked& one, int64_t number);
  /// `body_under_key`: hash of the body that is queued under the request's key; empty: none.
  void settle(const asked& one, const message_reply& reply, std::optional<uint64_t> body_under_key);
  void fail(const asked& one, const caf::error& why);
  [[nodiscard]] milliseconds too_many_for(const requested_message& request);

  void write_redriven(message_row row, caf::typed_response_promise<bool> to);

  void look_again_at(timestamp at);
  void look();
  void deliver_due(std::vector<message_row> open);
  [[nodiscard]] bool deliver_one(message_row row);
  void record();

  notification_actor::pointer self_;
  services_ptr services_;
  std::function<delivery(const outgoing_message&)> deliver_;

  std::map<key_place, std::vector<waiting_asker>> asking_;  ///< Who asked with a key while its first asker is not answered.
  std::vector<asked> unnumbered_;                           ///< Waiting for a block of numbers.
  id_block numbers_;                                        ///< What is left of the block.
  std::map<key_place, uint32_t> asked_this_hour_;           ///< By tenant and principal.
  monotonic_time hour_began_{};

  std::map<int64_t, message_row> unrecorded_;  ///< What became of deliveries, not written yet.
  std::optional<timestamp> wake_at_;
  uint64_t wake_number_ = 0;
  bool started_ = false;
  bool looking_ = false;
  bool look_again_ = false;  ///< Something was queued while a look was under way.
};

}  // namespace orderflow
