#include "http/pipeline/query.hpp"

#include <algorithm>
#include <boost/url/encode.hpp>
#include <boost/url/pct_string_view.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>

namespace orderflow {

namespace urls = boost::urls;

namespace {

/// Boost.URL 1.81's own parameter ranges read past the end of a text that is not the end of its buffer, so only the decoding
/// of single names and values is left to it.
std::optional<std::string> decoded(std::string_view text) {
  const auto checked = urls::make_pct_string_view(text);
  if (checked.has_error()) return std::nullopt;
  urls::encoding_opts plus_is_space;
  plus_is_space.space_as_plus = true;
  return checked->decode(plus_is_space);
}

}  // namespace

std::optional<query_values> query_values::parse(std::string_view text) {
  query_values made;
  while (!text.empty()) {
    const auto end = std::min(text.find('&'), text.size());
    const auto pair = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (pair.empty()) continue;
    const auto equals = std::min(pair.find('='), pair.size());
    auto name = decoded(pair.substr(0, equals));
    auto value = decoded(pair.substr(std::min(equals + 1, pair.size())));
    if (!name || !value) return std::nullopt;
    made.pairs_.emplace_back(std::move(*name), std::move(*value));
  }
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

std::optional<bool> read_flag(const query_values& from, std::string_view name, std::vector<field_error>& errors) {
  const auto* text = from.find(name);
  if (text == nullptr) return std::nullopt;
  if (*text == "true") return true;
  if (*text != "false") errors.push_back({"?" + std::string{name}, "must be true or false"});
  return false;
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
