// A shop's day: orders are made and paid, looked at, listed, shipped and cancelled, on the same connections.
#pragma once

#include <optional>
#include <random>

#include "bench/request_text.hpp"
#include "bench/scenario.hpp"

namespace orderflow::bench {

class mixed_scenario final : public scenario {
 public:
  explicit mixed_scenario(const scenario_options& options);

  [[nodiscard]] const std::vector<std::string>& operations() const override { return operations_; }
  [[nodiscard]] const order_terms& terms() const override { return terms_; }
  [[nodiscard]] std::string_view next(size_t connection) override;
  [[nodiscard]] reply_meaning answered(size_t connection, const framed_reply& reply) override;

 private:
  enum class operation : uint8_t { create, read, list, ship, cancel };

  struct in_work {
    operation what = operation::create;
    size_t order = 0;  ///< Place in `told_`.
  };

  [[nodiscard]] operation choose();
  [[nodiscard]] std::string_view request(std::string_view method, const std::string& target, std::string_view body = {});
  void settle(const in_work& work, const framed_reply& reply, std::string_view status, outcome now);

  std::string host_;
  std::vector<std::string> operations_{"create", "read", "list", "ship", "cancel"};
  order_terms terms_;
  request_text create_;
  std::string bytes_;
  std::vector<in_work> work_;    ///< Per connection.
  std::vector<size_t> movable_;  ///< Places of paid orders that nobody ships or cancels yet.
  std::mt19937_64 dice_{1};      ///< The same mix in every run.
};

}  // namespace orderflow::bench
