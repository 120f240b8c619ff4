#include "http/pipeline/request_pipeline.hpp"

#include <exception>

#include "http/pipeline/entity_tags.hpp"
#include "http/pipeline/query_guard.hpp"

namespace orderflow {

namespace {

/// No header of CORS: no web page of another origin is granted anything.
reply methods_of_path(std::string_view allow) {
  reply made;
  made.status = 204;
  made.header("Allow", allow);
  return made;
}

problem fitting(problem why, verb method) {
  if (why.failed == errc::none || is_unsafe(method)) return why;
  return problem_of_read(why.failed);
}

problem no_such_route(const router::absent& missing, verb method) {
  if (missing.allow.empty()) return not_found("path_must_exist", "There is nothing at this path.");
  problem made;
  made.status = 405;
  made.word = "method_must_be_allowed";
  made.detail = "This path has no " + std::string{to_string(method)} + ".";
  made.allow = missing.allow;
  return made;
}

errc code_of(shed_reason why) {
  switch (why) {
    case shed_reason::load:
    case shed_reason::payments: return errc::overloaded;
    case shed_reason::store_away: return errc::store_unavailable;
  }
  return errc::overloaded;
}

}  // namespace

request_pipeline::route_match request_pipeline::nowhere(const router::absent& missing, const request& req) const {
  if (req.path == "*") return {nullptr, methods_of_path(routes_.allow_of_all())};
  if (const auto wrong = path_guard(req)) return {nullptr, problem_json(*wrong, req.id)};
  if (req.method == verb::options && !missing.allow.empty()) return {nullptr, methods_of_path(missing.allow)};
  return {nullptr, missing.errors(no_such_route(missing, req.method), req.id)};
}

request_pipeline::route_match request_pipeline::examine(request& req) {
  const auto found = routes_.find(req.method, req.path, req.values);
  if (const auto* missing = std::get_if<router::absent>(&found)) return nowhere(*missing, req);
  const route& to = *std::get<const route*>(found);
  req.operation = to.operation();
  const auto wrong = check(to, req);
  if (!wrong) return {&to, std::nullopt};
  return {&to, to.options.errors(fitting(*wrong, req.method), req.id)};
}

std::optional<problem> request_pipeline::check(const route& to, request& req) {
  if (auto no_text = path_guard(req)) return no_text;
  if (auto no_text = query_text_guard(req)) return no_text;
  if (auto unreadable = condition_guard(req)) return unreadable;
  const auto may = to.options.may_of != nullptr ? to.options.may_of(req) : to.may;
  if (may.is_anyone()) return std::nullopt;
  if (auto rate_limited = authenticator_.limit_address(req)) return rate_limited;
  const bool writes = is_unsafe(req.method) && to.options.needs_store;
  if (const auto shed = admission_.refuses(to.options.load, writes)) return problem_of(failure{code_of(*shed), {}});
  if (auto unauthenticated = check_principal(may, req)) return unauthenticated;
  if (auto wrong_key = idempotency_key_guard(req)) return wrong_key;
  if (auto wrong_type = content_type_guard(req, to.options.content_type)) return wrong_type;
  if (auto packed = content_encoding_guard(req)) return packed;
  if (auto unknown = query_guard(req, to.options)) return unknown;
  if (is_unsafe(req.method) && !to.options.versioned) return untagged_condition_guard(req);
  return std::nullopt;
}

std::optional<problem> request_pipeline::check_principal(audience may, request& req) {
  // No browser can be made to sign a body, so a signed callback may come from anywhere.
  if (may.is_signed_callback()) return authenticator_.identify_if_token(req);
  if (auto foreign = foreign_page_guard(req, settings_)) return foreign;
  if (may.is_proven_in_body()) return authenticator_.identify_if_token(req);
  if (auto unknown = authenticator_.identify(req, settings_)) return unknown;
  if (may.has(req.from.as)) return std::nullopt;
  authenticator_.role_was_refused(req);
  return forbidden("role_must_suffice", "The principal's role may not use this.");
}

void request_pipeline::pass(const route& to, const request& req, const responder& answer) {
  try {
    to.handle(req, answer);
  } catch (const std::exception& what) {
    // A defect in one handler must not stop the others' connections: told, answered, and the loop goes on.
    if (defect_) defect_(what.what());
    answer(to.options.errors(problem_of(failure{}), req.id));
  }
}

void request_pipeline::finish(const route& from, const request& req, reply& made) const {
  if (made.failed == errc::store_unavailable) admission_.store_failed();
  hint_at_plus(req, made);
  if (is_unsafe(req.method)) return;
  if (made.failed != errc::none) made = from.options.errors(problem_of_read(made.failed), req.id);
  hold_to_conditions(req, from.options.errors, made);
}

}  // namespace orderflow
