// The handlers: an order is decoded, priced, charged and written in one transaction, then answered. Decoding, pricing and the
// form of the answers are the project's own functions, so that the comparison is about what lies behind them.
// Thread rule: the io_context's thread.
#pragma once

#include <memory>
#include <vector>

#include "base/clock.hpp"
#include "bench/compare/crud/database.hpp"
#include "domain/catalogue/catalogue.hpp"
#include "http/api/orders_v1/codec.hpp"
#include "http/pipeline/router.hpp"

namespace orderflow::crud {

/// One capture at the stand-in for a payment service, which is a list in memory and answers at once.
struct capture {
  order_id order;
  minor_units amount = 0;
  currency money;
  std::string method;
  std::string transaction;
  timestamp at{};
};

class shop {
 public:
  /// Reads the catalogue and takes a block of order numbers; both outlive it.
  shop(database& store, const clock& time);

  /// Outlived by this.
  [[nodiscard]] std::vector<route> routes();

 private:
  void place(const request& req, const responder& to);
  void list(const request& req, const responder& to);
  void put_product(const request& req, const responder& to);
  void put_stock(const request& req, const responder& to);
  order paid_order(place_order options);
  void write(const std::shared_ptr<const order>& made, const request& req, const responder& to);
  void give_back(order_id paid);

  database& store_;
  const clock& time_;
  catalogue known_;
  orders_v1::api_settings settings_;
  int64_t last_number_;
  std::vector<capture> captures_;
};

}  // namespace orderflow::crud
