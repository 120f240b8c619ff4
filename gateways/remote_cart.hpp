// Carts of a cart service, spoken to over HTTP as the cart workflow says (docs/remote.md):
//   GET    {url}/api/cart/{userId}
//   DELETE {url}/api/cart/clear/{userId}
#pragma once

#include "gateways/cart_service.hpp"
#include "gateways/http_client.hpp"

namespace orderflow {

struct remote_cart_settings {
  std::string url;            ///< Without the path and without a slash at its end.
  secret<std::string> token;  ///< Bearer token; empty: none is sent.
  milliseconds timeout{0};    ///< Of one request.
};

class remote_cart final : public cart_service {
 public:
  /// `over` outlives every call; callbacks may come when this is gone.
  remote_cart(remote_cart_settings with, http_client& over) : with_(std::move(with)), over_(over) {}

  void fetch(const std::string& user, std::function<void(fetched_cart)> answered) override;
  void clear(const std::string& user, std::function<void(std::string)> answered) override;

 private:
  remote_cart_settings with_;
  http_client& over_;
};

/// The lines of a cart as the document shows it, or why the text is no cart of that user.
[[nodiscard]] fetched_cart read_cart(const std::string& text, const std::string& user);

}  // namespace orderflow
