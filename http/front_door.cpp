#include "http/front_door.hpp"

#include <exception>

#include "http/entity_tags.hpp"
#include "http/query_guard.hpp"

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

front_door::passage front_door::nowhere(const router::absent& missing, const request& asked) const {
  if (asked.path == "*") return {nullptr, methods_of_path(routes_.allow_of_all())};
  if (const auto wrong = path_guard(asked)) return {nullptr, problem_json(*wrong, asked.id)};
  if (asked.method == verb::options && !missing.allow.empty()) return {nullptr, methods_of_path(missing.allow)};
  return {nullptr, missing.errors(no_such_route(missing, asked.method), asked.id)};
}

front_door::passage front_door::examine(request& asked) {
  const auto found = routes_.find(asked.method, asked.path, asked.values);
  if (const auto* missing = std::get_if<router::absent>(&found)) return nowhere(*missing, asked);
  const route& to = *std::get<const route*>(found);
  asked.operation = to.operation();
  const auto wrong = check(to, asked);
  if (!wrong) return {&to, std::nullopt};
  return {&to, to.options.errors(fitting(*wrong, asked.method), asked.id)};
}

std::optional<problem> front_door::check(const route& to, request& asked) {
  if (auto no_text = path_guard(asked)) return no_text;
  if (auto unreadable = condition_guard(asked)) return unreadable;
  const auto may = to.options.may_of != nullptr ? to.options.may_of(asked) : to.may;
  if (may.is_anyone()) return std::nullopt;
  if (auto hasty = keeper_.limit_address(asked)) return hasty;
  const bool writes = is_unsafe(asked.method) && to.options.needs_store;
  if (const auto shed = gate_.refuses(to.options.load, writes)) return problem_of(world_error{code_of(*shed), {}});
  if (auto stranger = check_principal(may, asked)) return stranger;
  if (auto wrong_key = idempotency_key_guard(asked)) return wrong_key;
  if (auto wrong_type = content_type_guard(asked, to.options.content_type)) return wrong_type;
  if (auto packed = content_encoding_guard(asked)) return packed;
  if (auto unknown = query_guard(asked, to.options)) return unknown;
  if (is_unsafe(asked.method) && !to.options.versioned) return untagged_condition_guard(asked);
  return std::nullopt;
}

std::optional<problem> front_door::check_principal(audience may, request& asked) {
  // No browser can be made to sign a body, so a signed callback may come from anywhere.
  if (may.is_signed_callback()) return keeper_.identify_if_token(asked);
  if (auto foreign = foreign_page_guard(asked, settings_)) return foreign;
  if (may.is_proven_in_body()) return keeper_.identify_if_token(asked);
  if (auto unknown = keeper_.identify(asked, settings_)) return unknown;
  if (may.has(asked.from.as)) return std::nullopt;
  keeper_.role_was_refused(asked);
  return forbidden("role_must_suffice", "The principal's role may not use this.");
}

void front_door::pass(const route& to, const request& asked, const responder& answer) {
  try {
    to.handle(asked, answer);
  } catch (const std::exception& what) {
    // A defect in one handler must not stop the others' connections: told, answered, and the loop goes on.
    if (defect_) defect_(what.what());
    answer(to.options.errors(problem_of(world_error{}), asked.id));
  }
}

void front_door::finish(const route& from, const request& asked, reply& made) const {
  hint_at_plus(asked, made);
  if (is_unsafe(asked.method)) return;
  if (made.failed != errc::none) made = from.options.errors(problem_of_read(made.failed), asked.id);
  hold_to_conditions(asked, from.options.errors, made);
}

}  // namespace orderflow
