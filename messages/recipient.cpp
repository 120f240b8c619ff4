#include "messages/recipient.hpp"

namespace orderflow {

std::string known_recipient(reader&, const std::string&, const std::string& user, const std::string&, bool at_sandbox) {
  return at_sandbox && !user.empty() ? user + "@sandbox" : std::string{};
}

}  // namespace orderflow
