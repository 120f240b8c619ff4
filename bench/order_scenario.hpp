// One request per order: POST /api/v1/orders/. The kinds differ in what is bought and which answers count.
#pragma once

#include "bench/request_text.hpp"
#include "bench/scenario.hpp"

namespace orderflow::bench {

class order_scenario final : public scenario {
 public:
  explicit order_scenario(const scenario_options& options);

  [[nodiscard]] const std::vector<std::string>& operations() const override { return operations_; }
  [[nodiscard]] const order_terms& terms() const override { return terms_; }
  [[nodiscard]] std::string_view next(size_t) override { return text_.next(); }
  [[nodiscard]] reply_meaning answered(size_t connection, const framed_reply& reply) override;

 private:
  [[nodiscard]] reply_meaning made(std::string_view body);

  scenario_kind kind_;
  std::vector<std::string> operations_;
  order_terms terms_;
  request_text text_;
};

/// Terms of orders of D4 by that customer, of the document's own line or of tracked products.
[[nodiscard]] order_terms terms_of_d4(const std::string& customer, bool tracked);
/// The text of such orders, answered when they are paid.
[[nodiscard]] order_text text_of_d4(const scenario_options& options);

}  // namespace orderflow::bench
