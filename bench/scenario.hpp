// A scenario says what a connection sends next and what an answer means; the load loop (load.hpp) does everything else.
// Thread rule: used by the thread of the load loop, and by the verification after it.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bench/http_client.hpp"

namespace orderflow::bench {

enum class scenario_kind : uint8_t {
  paid = 1,          ///< Answered when the order is paid.
  accepted = 2,      ///< `Prefer: wait=0`: answered after the first commit, payment goes on behind.
  create = 3,        ///< `auto_pay: false`: the order is only made.
  mixed = 4,         ///< Create, read, list, ship and cancel in the mix of mixed_scenario.cpp.
  d0 = 5,            ///< The shop document's story: create, lock, pay.
  hot = 6,           ///< Every order wants the same product, of which there is a limited stock.
  slow_gateway = 7,  ///< As paid, while the payment gateway takes its time.
  overload = 8,      ///< As paid, offered in steps up to five times what the server can do.
  restart = 9,       ///< As paid and keyed, while somebody kills and starts the server.
};

/// What an order has to be in the end, as far as the client was told.
enum class outcome : uint8_t {
  pending = 1,
  paid = 2,
  shipped = 3,
  cancelled = 4,  ///< After it was paid: the money goes back.
  sold_out = 5,   ///< Refused by the stock, never charged.
  uncertain = 6,  ///< An answer left it open: it exists, and nothing else was promised.
};

struct told_order {
  int64_t id = 0;
  outcome now = outcome::pending;
};

/// A product that a scenario sells, put in place before the load.
struct sold_product {
  std::string id;
  std::string price;
  std::string currency;
  int64_t on_hand = 0;
};

/// What all orders of a run have in common, and how they are found again.
struct order_terms {
  std::string list_query;    ///< Filters of GET /api/v1/orders/ that leave this run's orders, such as "customer_email=…".
  std::string list_headers;  ///< Lines for that request, each with its line break.
  std::string listed_total;  ///< `total_amount` without an empty fraction.
  std::string minor_total;   ///< The same in minor units.
  std::vector<sold_product> products;
  int64_t units = 0;  ///< Of these products in an order.
};

enum class meaning : uint8_t {
  finished = 1,  ///< The piece of work is done.
  goes_on = 2,   ///< It needs another request.
  refused = 3,   ///< The server had too much to do; nothing has taken place.
  unknown = 4,   ///< The server says that it may have taken place.
};

struct reply_meaning {
  meaning what = meaning::finished;
  uint8_t operation = 0;  ///< What it turned out to be, as a place in `operations()`: there its latency counts.
};

class scenario {
 public:
  virtual ~scenario() = default;

  [[nodiscard]] virtual const std::vector<std::string>& operations() const = 0;
  [[nodiscard]] virtual const order_terms& terms() const = 0;

  /// The first request of a new piece of work, or the following one after `goes_on`. Its bytes are valid until the next call.
  [[nodiscard]] virtual std::string_view next(size_t connection) = 0;
  /// Throws std::runtime_error where the scenario does not allow such an answer.
  [[nodiscard]] virtual reply_meaning answered(size_t connection, const framed_reply& reply) = 0;

  /// Every order that was acknowledged.
  [[nodiscard]] const std::vector<told_order>& told() const { return told_; }
  /// Orders that may exist although nobody was told their number.
  [[nodiscard]] uint64_t untold() const { return untold_; }

 protected:
  std::vector<told_order> told_;
  uint64_t untold_ = 0;
};

struct scenario_options {
  scenario_kind kind = scenario_kind::paid;
  endpoint to;
  std::string customer;  ///< E-mail address (D0: user) that only this run uses: by it the orders are found again.
  unsigned connections = 0;
  bool tracked = false;  ///< Two of 1000 products with stock instead of the customer's document's own line.
  bool keyed = false;    ///< An Idempotency-Key with each order.
  int64_t stock = 0;     ///< Of the hot product.
  std::string keys_in;   ///< The server's data directory, whose keys sign the orders of D0.
};

[[nodiscard]] std::unique_ptr<scenario> make_scenario(const scenario_options& options);

[[nodiscard]] const char* name_of(scenario_kind kind);
[[nodiscard]] std::vector<std::string> scenario_names();
[[nodiscard]] scenario_kind scenario_named(const std::string& word);

/// Of an order's JSON: its number, and whether its status is that word. Throws std::runtime_error without a number.
[[nodiscard]] int64_t order_id_of(std::string_view body);
[[nodiscard]] bool has_status(std::string_view body, std::string_view word);
/// Nothing where the answer is not one of an overloaded or stopping server.
[[nodiscard]] bool is_refusal(const framed_reply& reply);
[[nodiscard]] meaning meaning_of_refusal(const framed_reply& reply);
[[noreturn]] void throw_unexpected(const framed_reply& reply);

}  // namespace orderflow::bench
