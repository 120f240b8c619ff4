// The bytes of a request that makes an order, made once; what differs from order to order is written over in place.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "bench/scenario.hpp"

namespace orderflow::bench {

/// Products of a run with tracked lines: B0000 to B0999, all at the same price.
inline constexpr unsigned tracked_products = 1000;
[[nodiscard]] std::string tracked_product(unsigned number);

struct order_text {
  std::string host;
  std::string customer;
  std::string items;        ///< JSON array; each `B____` in it becomes one of the tracked products.
  bool keyed = false;       ///< An Idempotency-Key with each order.
  bool answer_now = false;  ///< `Prefer: wait=0`.
  bool auto_pay = true;
};

/// The customer's document's own line.
inline constexpr std::string_view document_items = R"([{"product_name":"ノートPC","quantity":2,"unit_price":89800.0}])";
/// Two of the tracked products.
inline constexpr std::string_view tracked_items =
    R"([{"product_id":"B____","product_name":"Load","quantity":1,"unit_price":500},)"
    R"({"product_id":"B____","product_name":"Load","quantity":1,"unit_price":500}])";

class request_text {
 public:
  explicit request_text(const order_text& of);

  /// The bytes of the next request; valid until the next call.
  [[nodiscard]] std::string_view next();

 private:
  std::string bytes_;
  size_t key_at_ = 0;
  std::vector<size_t> products_at_;
  uint64_t number_ = 0;
};

}  // namespace orderflow::bench
