#include "codec/member_reader.hpp"

#include <utility>

namespace orderflow {

member_reader::member_reader(const json_value& object, const std::string& what, std::string path)
    : object_(object), what_(what), path_(std::move(path)) {
  if (object.is != json_value::kind::object)
    throw codec_error{what_ + ": " + (path_.empty() ? "it" : path_) + " should be an object."};
}

json_value member_reader::parse_stored(const std::string& text, const std::string& what) {
  const json_limits ours{.max_depth = 32, .max_values = std::numeric_limits<size_t>::max(), .allow_nul = true};
  auto parsed = parse_json(text, ours);
  if (const auto* wrong = std::get_if<json_error>(&parsed)) {
    throw codec_error{what + ": " + (wrong->pointer.empty() ? "" : wrong->pointer + ": ") + wrong->message};
  }
  return std::get<json_value>(std::move(parsed));
}

json_value member_reader::empty_object() {
  json_value value;
  value.is = json_value::kind::object;
  return value;
}

const json_value* member_reader::find(std::string_view name, json_value::kind kind, std::string_view expected) const {
  const json_value* found = object_.find(name);
  if (found != nullptr && found->is != kind) refuse(name, expected);
  return found;
}

std::string member_reader::path_of(std::string_view name) const { return path_ + "/" + std::string{name}; }

void member_reader::refuse(std::string_view name, std::string_view expected) const {
  throw codec_error{what_ + ": " + path_of(name) + " should be " + std::string{expected} + "."};
}

}  // namespace orderflow
