#include "codec/member_reader.hpp"
#include "codec/member_writer.hpp"
#include "codec/order_json.hpp"

namespace orderflow {

std::string encode_state(const order& now) {
  std::string text;
  text.reserve(512);  // An order of two lines that has been paid takes about 450 bytes.
  json_writer to{text};
  member_writer::write(to, now);
  return text;
}

order decode_state(const std::string& text) {
  return member_reader::read<order>(text, "order state (version " + std::to_string(order_state_version) + ")");
}

}  // namespace orderflow
