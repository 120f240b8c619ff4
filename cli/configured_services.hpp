// The external services as the configuration names them: built-in stand-ins, or services over HTTP.
// Thread rule: made and destroyed on one thread; outlives the actors, whose calls may come from any.
#pragma once

#include <memory>
#include <optional>

#include "config/settings.hpp"
#include "gateways/remote_cart.hpp"
#include "gateways/remote_mailer.hpp"
#include "gateways/remote_payments.hpp"
#include "gateways/sandbox.hpp"

namespace orderflow {

class configured_services {
 public:
  /// Opens the sandbox's files and reads the tokens' files. Throws std::runtime_error with a sentence.
  configured_services(const settings& with, const clock& time);

  [[nodiscard]] payment_gateway& payments();
  [[nodiscard]] carrier& shipments() { return world_.shipments(); }
  [[nodiscard]] mailer& mail();
  /// nullptr: the carts are our own.
  [[nodiscard]] cart_service* carts() { return carts_ ? &*carts_ : nullptr; }
  /// What is built in, for /dev.
  [[nodiscard]] sandbox& world() { return world_; }

 private:
  sandbox world_;
  std::unique_ptr<http_client> client_;  ///< Only where something is remote: it has a thread.
  std::optional<remote_payments> payments_;
  std::optional<remote_mailer> mail_;
  std::optional<remote_cart> carts_;
};

/// The token in a file, without the line's end; empty for an empty path. Throws std::runtime_error where the file cannot be
/// read, is open to others, or holds no single word.
[[nodiscard]] secret<std::string> read_token_file(const std::string& path);

}  // namespace orderflow
