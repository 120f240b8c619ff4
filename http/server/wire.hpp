// Between Beast's parsed head and our request, and between our reply and its bytes.
#pragma once

#include <boost/beast/http/fields.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <optional>
#include <string>

#include "http/pipeline/request.hpp"

namespace orderflow {

using parsed_message = boost::beast::http::request<boost::beast::http::string_body>;

/// What HTTP itself forbids, or what could be read in two ways.
struct head_fault {
  uint16_t status = 400;
  std::string word;
  std::string detail;
};

/// What the head says about the connection and the body.
struct framing {
  bool chunked = false;
  bool expects_continue = false;
};

/// Fills method, path, query, headers; `into.id` only where the client sent a sane one. The views point into `from`.
[[nodiscard]] std::optional<head_fault> read_head_into(const parsed_message& from, request& into, framing& how);

/// Letters, digits and "._:-", at most 128: fit to be echoed and logged.
[[nodiscard]] bool is_sane_request_id(std::string_view text);
/// W3C trace context, version 00.
[[nodiscard]] bool is_traceparent(std::string_view text);

struct reply_frame {
  std::string_view date_line;
  bool keep_alive = true;
  bool http_1_0 = false;
};

/// Replaces `out` by the whole reply, head and body in one piece: written by two calls they meet Nagle and delayed ACK.
/// Returns what is to be sent after it: the body of a reply whose bytes last.
[[nodiscard]] std::string_view compose(const reply& with, const request& req, const reply_frame& frame, std::string& out);

}  // namespace orderflow
