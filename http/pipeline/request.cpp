#include "http/pipeline/request.hpp"

#include <algorithm>

namespace orderflow {

std::string_view to_string(verb method) {
  switch (method) {
    case verb::get: return "GET";
    case verb::head: return "HEAD";
    case verb::post: return "POST";
    case verb::put: return "PUT";
    case verb::delete_: return "DELETE";
    case verb::patch: return "PATCH";
    case verb::options: return "OPTIONS";
    case verb::trace: return "TRACE";
    case verb::query: return "QUERY";
    case verb::other: return "OTHER";
  }
  return "OTHER";
}

reply& reply::header(std::string_view name, std::string_view value) {
  const bool ends_the_line =
      std::any_of(value.begin(), value.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
  if (ends_the_line) return *this;
  extra.reserve(extra.size() + name.size() + value.size() + 4);
  extra.append(name).append(": ").append(value).append("\r\n");
  return *this;
}

}  // namespace orderflow
