#include "codec/account_json.hpp"

#include "codec/event_form.hpp"

namespace orderflow {

stored_event encode(const account_event& event, timestamp at) { return encode_event(event, at); }

account_event decode_account_event(const stored_event& stored) {
  return decode_event<account_event>(stored, "account event", "");
}

std::string encode_state(const account& now) {
  std::string text;
  json_writer to{text};
  member_writer::write(to, now);
  return text;
}

account decode_account_state(const std::string& text) {
  return member_reader::read<account>(text, "account state (version " + std::to_string(account_state_version) + ")");
}

}  // namespace orderflow
