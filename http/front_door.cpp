#include "http/front_door.hpp"

#include <exception>

#include "base/overloaded.hpp"

namespace orderflow {

namespace {

problem no_such_route(const router::absent& missing, verb method) {
  if (missing.allow.empty()) return not_found("path_must_exist", "There is nothing at this path.");
  problem made;
  made.status = 405;
  made.word = "method_must_be_allowed";
  made.detail = "This path has no " + std::string{to_string(method)} + ".";
  made.allow = missing.allow;
  return made;
}

}  // namespace

front_door::passage front_door::examine(request& asked) {
  const auto found = routes_.find(asked.method, asked.path, asked.values);
  if (const auto* missing = std::get_if<router::absent>(&found))
    return {nullptr, problem_json(no_such_route(*missing, asked.method), asked.id)};
  const route& to = *std::get<const route*>(found);
  const auto refuse = [&](const problem& why) { return passage{&to, to.options.errors(why, asked.id)}; };
  if (to.may.is_anyone()) return {&to, std::nullopt};
  if (const auto hasty = keeper_.limit_address(asked)) return refuse(*hasty);
  if (!gate_.admits(to.options.load)) return refuse(problem_of(world_error{errc::overloaded, {}}));
  if (const auto stranger = check_principal(to, asked)) return refuse(*stranger);
  if (const auto wrong_key = idempotency_key_guard(asked)) return refuse(*wrong_key);
  if (const auto wrong_type = content_type_guard(asked, to.options.content_type)) return refuse(*wrong_type);
  return {&to, std::nullopt};
}

std::optional<problem> front_door::check_principal(const route& to, request& asked) {
  // No browser can be made to sign a body, so a signed callback may come from anywhere.
  if (to.may.is_signed_callback()) return keeper_.identify_if_token(asked);
  if (auto foreign = foreign_page_guard(asked, settings_)) return foreign;
  if (to.may.is_proven_in_body()) return keeper_.identify_if_token(asked);
  if (auto unknown = keeper_.identify(asked, settings_)) return unknown;
  if (to.may.has(asked.from.as)) return std::nullopt;
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

}  // namespace orderflow
