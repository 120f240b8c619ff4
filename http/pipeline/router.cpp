#include "http/pipeline/router.hpp"

#include <algorithm>
#include <boost/url/pct_string_view.hpp>

#include "base/assert.hpp"

namespace orderflow {

namespace {

std::string_view without_trailing_slash(std::string_view path) {
  if (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  return path;
}

bool is_value(std::string_view segment) { return segment.starts_with('{'); }

std::vector<std::string_view> split(std::string_view path) {
  std::vector<std::string_view> segments;
  while (!path.empty()) {
    path.remove_prefix(1);
    const auto end = std::min(path.find('/'), path.size());
    segments.push_back(path.substr(0, end));
    path.remove_prefix(end);
  }
  return segments;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
         c == '~';
}

/// Encoded or not, an unreserved character is the same (RFC 3986 §6.2.2.2). What is no encoding stays for whoever refuses it.
std::string normalised(std::string_view path) {
  std::string out;
  out.reserve(path.size());
  for (size_t i = 0; i < path.size(); ++i) {
    const bool escaped = path[i] == '%' && i + 2 < path.size() && hex_digit(path[i + 1]) >= 0 && hex_digit(path[i + 2]) >= 0;
    if (path[i] == '%' && !escaped) return std::string{path};
    const auto byte = escaped ? static_cast<char>(hex_digit(path[i + 1]) * 16 + hex_digit(path[i + 2])) : path[i];
    if (escaped && !is_unreserved(byte)) {
      out.append(path.substr(i, 3));
    } else {
      out += byte;
    }
    if (escaped) i += 2;
  }
  return out;
}

bool decode_segment(std::string_view raw, std::string& into) {
  const auto checked = boost::urls::make_pct_string_view(raw);
  if (checked.has_error()) return false;
  into = checked->decode();
  return true;
}

/// Compares segment by segment without splitting: this runs for every request on a path with values.
bool matches(const std::vector<std::string_view>& segments, std::string_view path, std::array<std::string, 2>& values) {
  size_t value = 0;
  for (const auto segment : segments) {
    if (path.empty()) return false;
    path.remove_prefix(1);
    const auto given = path.substr(0, std::min(path.find('/'), path.size()));
    path.remove_prefix(given.size());
    if (!is_value(segment)) {
      if (given != segment) return false;
    } else if (given.empty() || !decode_segment(given, values[value++])) {
      return false;
    }
  }
  return path.empty();
}

/// OPTIONS is answered for every path, by front_door.
std::string allow_of(const std::vector<const route*>& rows) {
  std::string allow;
  for (const auto* row : rows) {
    allow.append(to_string(row->method)).append(", ");
    if (row->method == verb::get) allow += "HEAD, ";
  }
  return allow + "OPTIONS";
}

}  // namespace

route::route(verb on, std::string_view path_pattern, audience who, handler what, route_options how)
    : method(on), pattern(path_pattern), may(who), handle(std::move(what)), options(how) {}

router::router(std::vector<route> table) : table_(std::move(table)) {
  for (const auto& row : table_) {
    const auto pattern = without_trailing_slash(row.pattern);
    auto segments = split(pattern);
    const auto values = std::count_if(segments.begin(), segments.end(), is_value);
    ORDERFLOW_ASSERT(pattern.starts_with('/') && values <= 2);
    std::vector<const route*>* rows = nullptr;
    if (values == 0) {
      rows = &literal_[pattern];
    } else {
      auto known =
          std::find_if(with_values_.begin(), with_values_.end(), [&](const auto& each) { return each.segments == segments; });
      if (known == with_values_.end()) known = with_values_.insert(with_values_.end(), pattern_rows{std::move(segments), {}});
      rows = &known->rows;
    }
    ORDERFLOW_ASSERT(std::none_of(rows->begin(), rows->end(), [&](const route* each) { return each->method == row.method; }));
    rows->push_back(&row);
  }
}

const std::vector<const route*>* router::rows_for(std::string_view path, std::array<std::string, 2>& values) const {
  if (const auto found = literal_.find(path); found != literal_.end()) return &found->second;
  for (const auto& each : with_values_) {
    if (matches(each.segments, path, values)) return &each.rows;
  }
  return nullptr;
}

std::string router::allow_of_all() const {
  std::vector<const route*> firsts;
  for (const auto& row : table_) {
    if (std::none_of(firsts.begin(), firsts.end(), [&](const route* each) { return each->method == row.method; }))
      firsts.push_back(&row);
  }
  return allow_of(firsts);
}

std::variant<const route*, router::absent> router::find(verb method, std::string_view path,
                                                        std::array<std::string, 2>& values) const {
  std::string plain;
  if (path.find('%') != std::string_view::npos) path = plain = normalised(path);
  const auto* rows = rows_for(without_trailing_slash(path), values);
  if (rows == nullptr) return absent{};
  const verb wanted = method == verb::head ? verb::get : method;
  for (const auto* row : *rows) {
    if (row->method == wanted) return row;
  }
  return absent{allow_of(*rows), rows->front()->options.errors};
}

}  // namespace orderflow
