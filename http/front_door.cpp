#include "http/front_door.hpp"

#include <exception>

#include "base/overloaded.hpp"

namespace orderflow {

namespace {

problem no_such_route(const router::absent& missing, verb method) {
  problem made;
  if (missing.allow.empty()) {
    made.status = 404;
    made.word = "path_must_exist";
    made.detail = "There is nothing at this path.";
  } else {
    made.status = 405;
    made.word = "method_must_be_allowed";
    made.detail = "This path has no " + std::string{to_string(method)} + ".";
    made.allow = missing.allow;
  }
  return made;
}

problem role_does_not_suffice() {
  problem made;
  made.status = 403;
  made.word = "role_must_suffice";
  made.detail = "The principal's role may not use this.";
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
  if (const auto foreign = foreign_page_guard(asked, settings_)) return refuse(*foreign);
  if (!gate_.admits(to.options.load)) return refuse(problem_of(world_error{errc::overloaded, {}}));
  auto who = authenticate(asked, settings_);
  if (const auto* unknown = std::get_if<problem>(&who)) return refuse(*unknown);
  asked.from = std::move(std::get<principal>(who));
  if (!to.may.has(asked.from.as)) return refuse(role_does_not_suffice());
  if (const auto wrong_key = idempotency_key_guard(asked)) return refuse(*wrong_key);
  if (const auto wrong_type = content_type_guard(asked, to.options.content_type)) return refuse(*wrong_type);
  return {&to, std::nullopt};
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
