// The sandbox as a service of its own: what DD-ORDER-001 §6 asks of a payment and a notification service, over HTTP. The other
// side of gateways/remote_payments.hpp in tests, and something to develop against. A charge that the sandbox leaves without an
// answer is left so here: where it took money the connection is closed without a reply, otherwise nothing is said at all.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "gateways/sandbox_payment_records.hpp"
#include "http/pipeline/router.hpp"

namespace orderflow {

/// Outlives every request that uses it. Thread rule: that of `io`.
struct sandbox_service {
  sandbox_service(sandbox& service, const clock& clock, boost::asio::io_context& context);

  sandbox& world;
  const clock& time;
  boost::asio::io_context& io;
  sandbox_payment_records records;
  std::function<void(order_id, const charge_answer&)> told;  ///< Hears of charges that ended by themselves. Optional.
  std::set<std::string> mailed;  ///< Ids of messages: one that is sent again with its key is delivered once.
};

/// Payments, e-mail, and the view of what happened.
[[nodiscard]] std::vector<route> sandbox_service_routes(sandbox_service& service);

// The parts, by handler.
void sandbox_charge(sandbox_service& service, const request& req, const responder& to);
void sandbox_payment(sandbox_service& service, const request& req, const responder& to);
void sandbox_refund(sandbox_service& service, const request& req, const responder& to);
void sandbox_email(sandbox_service& service, const request& req, const responder& to);

}  // namespace orderflow
