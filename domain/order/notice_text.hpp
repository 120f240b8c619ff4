// The words in which people are told.
#pragma once

#include <string>

#include "domain/order/notice.hpp"

namespace orderflow {

struct notice_text {
  std::string subject;
  std::string body;
};
[[nodiscard]] notice_text write_notice(notice_kind kind, const order& now);

}  // namespace orderflow
