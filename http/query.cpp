#include "http/query.hpp"

#include <boost/url/encode.hpp>
#include <boost/url/params_encoded_view.hpp>
#include <boost/url/parse_query.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>

namespace orderflow {

namespace urls = boost::urls;

std::optional<query_values> query_values::parse(std::string_view text) {
  query_values made;
  if (text.empty()) return made;
  const auto read = urls::parse_query(text);
  if (read.has_error()) return std::nullopt;
  urls::encoding_opts plus_is_space;
  plus_is_space.space_as_plus = true;
  for (const auto& each : *read) made.pairs_.emplace_back(each.key.decode(plus_is_space), each.value.decode(plus_is_space));
  return made;
}

const std::string* query_values::find(std::string_view name) const {
  for (const auto& [key, value] : pairs_) {
    if (key == name) return &value;
  }
  return nullptr;
}

void query_values::erase(std::string_view name) {
  std::erase_if(pairs_, [&](const auto& each) { return each.first == name; });
}

void query_values::set(std::string_view name, std::string value) {
  erase(name);
  pairs_.emplace_back(name, std::move(value));
}

std::string query_values::text() const {
  std::string out;
  for (const auto& [key, value] : pairs_) {
    if (!out.empty()) out += '&';
    out += urls::encode(key, urls::unreserved_chars);
    out += '=';
    out += urls::encode(value, urls::unreserved_chars);
  }
  return out;
}

}  // namespace orderflow
