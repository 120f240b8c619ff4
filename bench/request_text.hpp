// The bytes of a request, made once; what differs from order to order is written over in place.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "bench/load.hpp"

namespace orderflow::bench {

class request_text {
 public:
  explicit request_text(const load_plan& plan);

  /// The bytes of the next request; valid until the next call.
  [[nodiscard]] std::string_view next();

 private:
  std::string bytes_;
  size_t key_at_ = 0;
  std::vector<size_t> products_at_;
  uint64_t number_ = 0;
};

}  // namespace orderflow::bench
