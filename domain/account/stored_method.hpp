// A payment method as it is kept: the gateway's token, and what may be shown of the card. Never a card number or a CVV (I14).
#pragma once

#include <cstdint>
#include <string>

namespace orderflow {

struct stored_method {
  std::string token;  ///< The gateway's word for the method; what is charged.
  std::string first_name;
  std::string last_name;
  std::string first_digits;  ///< Six; empty where the gateway does not tell.
  std::string last_digits;   ///< Four.
  std::string brand;
  uint8_t expiry_month = 0;
  uint16_t expiry_year = 0;
  bool operator==(const stored_method&) const = default;
};

}  // namespace orderflow
