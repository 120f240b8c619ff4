#include "http/pipeline/problem.hpp"

#include "codec/json.hpp"

namespace orderflow {

uint16_t status_of(refusal why) {
  switch (why) {
    case refusal::order_must_exist: return 404;
    case refusal::order_must_be_new:
    case refusal::cart_must_be_open:
    case refusal::order_must_be_checked_out:
    case refusal::order_must_not_be_cancelled:
    case refusal::order_must_not_be_shipped:
    case refusal::order_must_be_paid:
    case refusal::order_must_be_shipped:
    case refusal::payment_must_use_the_same_method:
    case refusal::refund_must_settle_first:
    case refusal::attempt_must_be_open:
    case refusal::refund_must_be_refused:
    case refusal::matter_must_be_open:
    case refusal::booking_must_be_open:
    case refusal::tracking_must_be_the_same:
    case refusal::attempts_must_not_be_exhausted:
    case refusal::status_must_not_be_set_by_hand:
    case refusal::on_hand_must_cover_reserved: return 409;
    case refusal::refund_must_not_exceed_capture:
    case refusal::amount_must_be_positive:
    case refusal::lines_must_not_be_empty:
    case refusal::lines_must_not_be_too_many:
    case refusal::quantity_must_be_in_range:
    case refusal::price_must_not_be_negative:
    case refusal::total_must_not_overflow:
    case refusal::product_must_be_known:
    case refusal::price_must_be_the_catalogues:
    case refusal::price_must_come_from_the_catalogue:
    case refusal::currency_must_be_the_products: return 422;
    case refusal::none: return 500;
  }
  return 500;
}

namespace {

struct world_row {
  uint16_t status;
  uint32_t retry_after_s;
  std::string_view sentence;
};

world_row row_of(errc code) {
  switch (code) {
    case errc::store_unavailable: return {503, 1, "The store cannot be written at the moment. Nothing was done; try again."};
    case errc::outcome_unknown:
      return {503, 1, "The outcome is not known yet: it may have taken place. Try again with the same Idempotency-Key."};
    case errc::overloaded: return {503, 1, "Too many requests are queued. Nothing was done; try again later."};
    case errc::shutting_down: return {503, 2, "The server is stopping. Nothing was done; try again."};
    case errc::quarantined: return {503, 30, "The order is held back until an operator has looked at it. Reading it works."};
    case errc::reloading: return {503, 1, "The order is being loaded again. Nothing was done; try again."};
    case errc::fenced: return {503, 2, "Another server has taken over. Nothing was done; try again."};
    case errc::gateway_unavailable:
      return {503, 2, "The payment gateway does not answer at the moment. Nothing was done; try again."};
    case errc::none: return {500, 0, "The server made a mistake."};
  }
  return {500, 0, "The server made a mistake."};
}

std::string_view sentence_of_read(errc code) {
  switch (code) {
    case errc::store_unavailable: return "The store cannot be read at the moment; try again.";
    case errc::outcome_unknown: return "The answer did not come in time; try again.";
    case errc::overloaded: return "Too many requests are queued; try again later.";
    case errc::shutting_down: return "The server is stopping; try again.";
    case errc::quarantined: return "The order is held back until an operator has looked at it.";
    case errc::reloading: return "The order is being loaded again; try again.";
    case errc::fenced: return "Another server has taken over; try again.";
    case errc::gateway_unavailable: return "The payment gateway does not answer at the moment; try again.";
    case errc::none: break;
  }
  return "The server made a mistake.";
}

/// "order_must_be_paid" → "Order must be paid".
std::string title_of(std::string_view word) {
  std::string title{word};
  for (char& c : title) {
    if (c == '_') c = ' ';
  }
  if (!title.empty() && title[0] >= 'a' && title[0] <= 'z') title[0] = static_cast<char>(title[0] - 'a' + 'A');
  return title;
}

problem problem_with(uint16_t status, std::string word, std::string detail) {
  problem made;
  made.status = status;
  made.word = std::move(word);
  made.detail = std::move(detail);
  return made;
}

}  // namespace

uint16_t status_of(errc code) { return row_of(code).status; }

problem problem_of(refusal why, std::string detail) {
  problem made;
  made.status = status_of(why);
  made.word = to_string(why);
  made.detail = detail.empty() ? std::string{explain(why)} : std::move(detail);
  return made;
}

problem problem_of(const failure& error) {
  const auto row = row_of(error.code);
  problem made;
  made.status = row.status;
  made.word = error.code == errc::none ? "server_made_a_mistake" : to_string(error.code);
  // What was reported from outside goes to the log; it may name hosts and files, which are not the client's business.
  made.detail = row.sentence;
  made.retry_after_s = row.retry_after_s;
  made.failed = error.code;
  return made;
}

problem problem_of_read(errc failed) {
  auto made = problem_of(failure{failed, {}});
  if (failed == errc::outcome_unknown) made.word = "answer_must_come_in_time";
  made.detail = sentence_of_read(failed);
  return made;
}

problem malformed(std::string word, std::string detail) { return problem_with(400, std::move(word), std::move(detail)); }

problem unauthorized(std::string word, std::string detail) { return problem_with(401, std::move(word), std::move(detail)); }

problem forbidden(std::string word, std::string detail) { return problem_with(403, std::move(word), std::move(detail)); }

problem not_found(std::string word, std::string detail) { return problem_with(404, std::move(word), std::move(detail)); }

problem invalid(std::vector<field_error> errors) {
  problem made;
  made.status = 422;
  made.word = "request_must_be_valid";
  if (errors.empty()) {
    made.detail = "The request is not valid.";
  } else {
    made.detail =
        (errors.front().pointer.empty() ? std::string{"The body"} : errors.front().pointer) + " " + errors.front().message + ".";
  }
  made.errors = std::move(errors);
  return made;
}

std::string type_uri_of(std::string_view word) {
  std::string uri = "/problems/";
  for (const char c : word) uri += c == '_' ? '-' : c;
  return uri;
}

void add_problem_headers(const problem& what, reply& to) {
  if (what.retry_after_s != 0) to.header("Retry-After", std::to_string(what.retry_after_s));
  to.failed = what.failed;
  if (!what.allow.empty()) to.header("Allow", what.allow);
  if (!what.accept.empty()) to.extra.append(what.accept).append("\r\n");
  // RFC 6750 §3.1: whoever sent no token is not told of an error.
  if (what.status == 401)
    to.header("WWW-Authenticate", what.word == "token_must_be_valid" ? "Bearer error=\"invalid_token\"" : "Bearer");
}

reply problem_json(const problem& what, std::string_view request_id) {
  reply made;
  made.status = what.status;
  made.content_type = "application/problem+json";
  made.body.reserve(256);
  json_writer out{made.body};
  out.begin_object();
  out.key("type").string(type_uri_of(what.word));
  out.key("title").string(title_of(what.word));
  out.key("status").integer(what.status);
  out.key("detail").string(what.detail);
  out.key("instance").string(request_id);
  if (!what.errors.empty()) {
    out.key("errors").begin_array();
    for (const auto& error : what.errors) {
      out.begin_object().key("pointer").string(error.pointer).key("detail").string(error.message).end_object();
    }
    out.end_array();
  }
  out.end_object();
  add_problem_headers(what, made);
  return made;
}

}  // namespace orderflow
