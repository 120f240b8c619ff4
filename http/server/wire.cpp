#include "http/server/wire.hpp"

#include <algorithm>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/rfc7230.hpp>
#include <boost/beast/http/status.hpp>

namespace orderflow {

namespace http = boost::beast::http;

namespace {

/// TRACE and QUERY are known, so that a path says which methods it has in their place (405); the library has no QUERY yet.
verb verb_of(const parsed_message& message) {
  const auto from = message.method();
  if (from == http::verb::get) return verb::get;
  if (from == http::verb::head) return verb::head;
  if (from == http::verb::post) return verb::post;
  if (from == http::verb::put) return verb::put;
  if (from == http::verb::delete_) return verb::delete_;
  if (from == http::verb::patch) return verb::patch;
  if (from == http::verb::options) return verb::options;
  if (from == http::verb::trace) return verb::trace;
  return message.method_string() == "QUERY" ? verb::query : verb::other;
}

std::string_view* known_by_number(request_headers& headers, http::field name) {
  if (name == http::field::host) return &headers.host;
  if (name == http::field::authorization) return &headers.authorization;
  if (name == http::field::content_type) return &headers.content_type;
  if (name == http::field::origin) return &headers.origin;
  if (name == http::field::sec_fetch_site) return &headers.sec_fetch_site;
  return nullptr;
}

std::string_view* known_by_name(request_headers& headers, std::string_view name) {
  const auto is = [&](std::string_view word) { return boost::beast::iequals(name, word); };
  if (is("Idempotency-Key")) return &headers.idempotency_key;
  if (is("Request-Id")) return &headers.request_id;
  if (is("traceparent")) return &headers.traceparent;
  if (is("X-Signature")) return &headers.signature;
  return nullptr;
}

/// Fields whose value is a list, which may be spread over lines.
std::string* list_by_number(request_headers& headers, http::field name) {
  if (name == http::field::if_match) return &headers.if_match;
  if (name == http::field::if_none_match) return &headers.if_none_match;
  if (name == http::field::prefer) return &headers.prefer;
  if (name == http::field::content_encoding) return &headers.content_encoding;
  if (name == http::field::accept_encoding) return &headers.accept_encoding;
  return nullptr;
}

struct counted_fields {
  int hosts = 0;
  int lengths = 0;
  int encodings = 0;
  int expectations = 0;
};

std::optional<head_fault> fault(std::string word, std::string detail) {
  return head_fault{400, std::move(word), std::move(detail)};
}

std::optional<head_fault> read_fields(const parsed_message& from, request& into, framing& how, counted_fields& count) {
  for (const auto& field : from) {
    const auto value = field.value();
    if (field.name() == http::field::host) ++count.hosts;
    if (field.name() == http::field::content_length) {
      ++count.lengths;
      if (value.empty() || !std::all_of(value.begin(), value.end(), [](char c) { return c >= '0' && c <= '9'; })) {
        return fault("content_length_must_be_a_number", "Content-Length is not one decimal number.");
      }
    }
    if (field.name() == http::field::transfer_encoding) {
      ++count.encodings;
      if (!boost::beast::iequals(value, "chunked"))
        return fault("transfer_encoding_must_be_chunked", "Transfer-Encoding may only be chunked.");
      how.chunked = true;
    }
    if (field.name() == http::field::expect) {
      ++count.expectations;
      if (!boost::beast::iequals(value, "100-continue"))
        return head_fault{417, "expectation_must_be_known", "Expect may only be 100-continue."};
      how.expects_continue = true;
    }
    if (auto* list = list_by_number(into.headers, field.name()))
      list->append(list->empty() && !value.empty() ? "" : ",").append(value);
    auto* known = field.name() == http::field::unknown ? known_by_name(into.headers, field.name_string())
                                                       : known_by_number(into.headers, field.name());
    if (known == nullptr) continue;
    // Told by the guard, in the words of the request's dialect.
    if (known == &into.headers.idempotency_key && ++into.headers.idempotency_keys > 1) continue;
    if (known->data() != nullptr)
      return fault("header_must_be_single", "The header " + std::string{field.name_string()} + " is there twice.");
    *known = value;
  }
  return std::nullopt;
}

std::optional<head_fault> check_counts(const parsed_message& from, const counted_fields& count) {
  if (count.hosts > 1 || (count.hosts == 0 && from.version() >= 11))
    return fault("host_must_be_single", "Exactly one Host header is needed.");
  if (count.lengths > 1 || count.encodings > 1 || (count.lengths > 0 && count.encodings > 0)) {
    return fault("length_must_be_unambiguous", "The length of the body is stated in more than one way.");
  }
  if (count.encodings > 0 && from.version() < 11)
    return fault("length_must_be_unambiguous", "HTTP/1.0 has no Transfer-Encoding.");
  return std::nullopt;
}

std::optional<head_fault> read_target(const parsed_message& from, request& into) {
  std::string_view target = from.target();
  if (const auto scheme = target.find("://"); scheme != std::string_view::npos && scheme <= 5 && !target.starts_with('/')) {
    const auto authority = target.substr(scheme + 3);
    const auto slash = std::min(authority.find('/'), authority.size());
    into.headers.host = authority.substr(0, slash);
    target = slash == authority.size() ? std::string_view{"/"} : authority.substr(slash);
  }
  const bool whole_server = target == "*" && into.method == verb::options;
  if (!target.starts_with('/') && !whole_server) return fault("target_must_be_a_path", "The request target is not a path.");
  const auto question = std::min(target.find('?'), target.size());
  into.path = target.substr(0, question);
  into.query = question == target.size() ? std::string_view{} : target.substr(question + 1);
  return std::nullopt;
}

}  // namespace

std::optional<head_fault> read_head_into(const parsed_message& from, request& into, framing& how) {
  counted_fields count;
  into.method = verb_of(from);  // First: a refusal of HEAD has no body either.
  if (auto wrong = read_fields(from, into, how, count)) return wrong;
  if (is_sane_request_id(into.headers.request_id)) into.id = into.headers.request_id;
  if (auto wrong = check_counts(from, count)) return wrong;
  if (into.method == verb::other) return head_fault{501, "method_must_be_known", "This server does not know the method."};
  return read_target(from, into);
}

bool is_sane_request_id(std::string_view text) {
  const auto sane = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == ':' ||
           c == '-';
  };
  return !text.empty() && text.size() <= 128 && std::all_of(text.begin(), text.end(), sane);
}

bool is_traceparent(std::string_view text) {
  if (text.size() != 55 || !text.starts_with("00-") || text[35] != '-' || text[52] != '-') return false;
  const auto hex = [&](size_t from, size_t size) {
    const auto part = text.substr(from, size);
    return part.find_first_not_of("0123456789abcdef") == std::string_view::npos;
  };
  return hex(3, 32) && hex(36, 16) && hex(53, 2);
}

std::string_view compose(const reply& with, const request& req, const reply_frame& frame, std::string& out) {
  out.clear();
  out.reserve(with.body.size() + with.extra.size() + 320);
  const bool has_content = with.status != 204 && with.status != 304;
  out.append("HTTP/1.1 ").append(std::to_string(with.status)).append(" ");
  out.append(http::obsolete_reason(http::int_to_status(with.status))).append("\r\n");
  out.append(frame.date_line);
  if (has_content) {
    out.append("Content-Type: ").append(with.content_type);
    out.append("\r\nContent-Length: ").append(std::to_string(with.body.size() + with.lasting.size())).append("\r\n");
  }
  out.append("Cache-Control: ").append(with.caching);
  out.append("\r\nX-Content-Type-Options: nosniff\r\nRequest-Id: ").append(req.id).append("\r\n");
  if (is_traceparent(req.headers.traceparent)) out.append("traceparent: ").append(req.headers.traceparent).append("\r\n");
  out.append(with.extra);
  if (!frame.keep_alive) {
    out.append("Connection: close\r\n");
  } else if (frame.http_1_0) {
    out.append("Connection: keep-alive\r\n");
  }
  out.append("\r\n");
  if (!has_content || req.method == verb::head) return {};
  out.append(with.body);
  return with.lasting;
}

}  // namespace orderflow
