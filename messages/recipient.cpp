#include "messages/recipient.hpp"

namespace orderflow {

std::string known_recipient(reader& from, const std::string& tenant, const std::string& user, const std::string& channel,
                            bool at_sandbox) {
  if (user.empty()) return {};
  if (const auto known = from.find_account(tenant, user)) {
    const auto& found = channel == "sms" ? known->reach.phone : known->reach.email;
    if (!found.empty()) return found;
  }
  return at_sandbox ? user + "@sandbox" : std::string{};
}

}  // namespace orderflow
