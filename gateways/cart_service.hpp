// The customers' carts, where another service keeps them. Same rules for threads and callbacks as the payment gateway.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "domain/account/account.hpp"

namespace orderflow {

/// `failure` empty: these are the lines. The catalogue's prices are charged; the service's are what the customer was shown.
struct fetched_cart {
  std::vector<cart_line> lines;
  std::vector<std::string> prices;  ///< Of each line, the number's own text; empty where the service says none.
  std::string failure;              ///< For the log: the service could not be reached, or its answer is no cart of that user.
};

class cart_service {
 public:
  virtual ~cart_service() = default;
  virtual void fetch(const std::string& user, std::function<void(fetched_cart)> answered) = 0;
  /// Clearing twice is the same as once. The answer is what failed, or empty.
  virtual void clear(const std::string& user, std::function<void(std::string)> answered) = 0;
};

}  // namespace orderflow
