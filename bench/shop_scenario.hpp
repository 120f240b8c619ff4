// The shop document's story, three requests per order: create (signed, with a token of its own), lock, pay.
#pragma once

#include <optional>

#include "base/clock.hpp"
#include "bench/scenario.hpp"
#include "http/auth/signature.hpp"

namespace orderflow::bench {

class shop_scenario final : public scenario {
 public:
  /// Reads keys.toml of the server's data directory: std::runtime_error where it has no token key or no client "demo".
  explicit shop_scenario(const scenario_options& options);

  [[nodiscard]] const std::vector<std::string>& operations() const override { return operations_; }
  [[nodiscard]] const order_terms& terms() const override { return terms_; }
  [[nodiscard]] std::string_view next(size_t connection) override;
  [[nodiscard]] reply_meaning answered(size_t connection, const framed_reply& reply) override;

 private:
  enum class step : uint8_t { create, lock, pay };

  struct story {
    step now = step::create;
    size_t order = 0;  ///< Place in `told_`, once it is made.
    std::string word;  ///< Its number as the document writes it.
  };

  [[nodiscard]] std::string_view post(std::string_view target, const std::string& body);
  [[nodiscard]] std::string create_body();
  [[nodiscard]] reply_meaning refused(story& of, const framed_reply& reply);
  void made(story& of, const framed_reply& reply);

  machine_clock clock_;
  std::string host_;
  std::string run_;  ///< Begins every nonce.
  secret<std::string> signing_secret_;
  signed_order order_;  ///< What is the same in every order.
  std::vector<std::string> operations_{"create", "lock", "pay"};
  order_terms terms_;
  std::vector<story> stories_;  ///< Per connection.
  std::string bytes_;
  uint64_t number_ = 0;
};

}  // namespace orderflow::bench
