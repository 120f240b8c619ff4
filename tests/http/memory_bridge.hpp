// The bridge without actors: orders kept in memory, the domain's own rules, effects carried out at once. It stands in for
// http/bridge/bridge_actor.cpp in tests of routes and dialects; what actors add is tested with actors.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <map>
#include <optional>
#include <string>

#include "base/time.hpp"
#include "http/bridge/actor_bridge.hpp"

namespace orderflow {

/// The state that a test may look into and prepare, before the service starts or on its thread.
struct memory_shop {
  struct record {
    std::vector<recorded_event> recorded;
    order now;
  };
  std::map<order_id, record> orders;
  std::map<std::pair<std::string, std::string>, key_claim> keys;
  std::map<account_key, account> accounts;
  std::map<product_id, stock_level> stock;
  std::map<std::string, fetched_cart> foreign_carts;    ///< By user.
  std::map<order_id, minor_units> refunded_externally;  ///< What the gateway says has gone back.
  /// What the gateway says about a charge when it is asked; nothing: that it cannot be reached.
  std::map<std::pair<order_id, uint32_t>, charge_answer> charges;
  catalogue_snapshot products = std::make_shared<catalogue>();
  std::vector<requested_message> messages;  ///< Asked for, oldest first.
  message_reply message_answer;
  std::map<std::string, std::string> recipients;  ///< By user.
  errc fails_with = errc::none;                   ///< Every request is answered with this.
  std::vector<quarantine_note> held_back;
  std::atomic<size_t> in_flight = 0;  ///< Also looked at from the test's thread.
  std::atomic<bool> store_away = false;
  std::vector<message_row> given_up;  ///< Messages that are not tried any more, by number.
  std::vector<effect_progress> waiting_payments;
  std::vector<actor_bridge::outage> outages;
  int64_t last_id = 0;
  timestamp time{};
  bool answers = true;  ///< false: requests are taken and never answered, until `release`.
  std::vector<std::function<void()>> unanswered;
};

/// Methods: "ok" is captured, "never" and "lost_reply" get no answer, everything else is declined with its own name.
[[nodiscard]] actor_bridge make_memory_bridge(boost::asio::io_context& io, memory_shop& shop);

}  // namespace orderflow
