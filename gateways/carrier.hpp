// Books shipments. Same rules for threads and callbacks as the payment gateway.
#pragma once

#include <functional>
#include <string>

#include "domain/ids.hpp"

namespace orderflow {

struct booking_request {
  std::string key;  ///< `ship/<order>`: booked once, however often it is asked.
  order_id order;
  std::string name;
  std::string address;
};

enum class booking_status : uint8_t { booked = 1, refused = 2, failed = 3 };

struct booking_answer {
  booking_status status{};
  std::string tracking;  ///< Decimal number.
  std::string reason;
};

class carrier {
 public:
  virtual ~carrier() = default;
  virtual void book(const booking_request& request, std::function<void(booking_answer)> answered) = 0;
};

}  // namespace orderflow
