#include "http/api/common/client_messages.hpp"

namespace orderflow {

namespace {

problem too_many(milliseconds pause) {
  problem made;
  made.status = 429;
  made.word = "messages_must_not_be_too_many";
  made.detail = "You have asked for too many messages; try again later.";
  made.retry_after_s = static_cast<uint32_t>(pause.count() / 1000 + 1);
  return made;
}

std::optional<problem> problem_in(const std::variant<message_reply, failure>& answer) {
  if (const auto* failed = std::get_if<failure>(&answer)) return problem_of(*failed);
  const auto& reply = std::get<message_reply>(answer);
  if (reply.other_body) return key_has_other_body();
  if (reply.too_many_for.count() > 0) return too_many(reply.too_many_for);
  return std::nullopt;
}

}  // namespace

problem event_has_not_happened(std::string why, bool may_come) {
  problem made;
  made.status = 409;
  made.word = "event_must_have_happened";
  made.detail = std::move(why) + (may_come ? ". Write about it when it has happened."
                                           : ". It cannot come true any more; leave this message out, or send one that fits.");
  return made;
}

void queue_message(handler_context& context, const request& req, std::string_view operation, requested_message command,
                   std::function<void(std::optional<problem>)> done) {
  command.tenant = req.from.tenant;
  command.asked_by = req.from.subject;
  command.at = context.time.now();
  auto key = key_of_create(req, command.at, operation);
  if (auto* wrong = std::get_if<problem>(&key)) return done(std::move(*wrong));
  command.key = std::move(std::get<std::optional<key_claim>>(key));
  if (command.key) command.key->order = command.order;
  context.bridge.send_message(std::move(command), [done = std::move(done)](const std::variant<message_reply, failure>& answer) {
    done(problem_in(answer));
  });
}

void find_earlier_message(handler_context& context, const request& req, std::string_view operation,
                          std::function<void(earlier_message)> done) {
  auto key = key_of_create(req, context.time.now(), operation);
  if (auto* wrong = std::get_if<problem>(&key)) return done(std::move(*wrong));
  const auto& claim = std::get<std::optional<key_claim>>(key);
  if (!claim) return done(std::nullopt);
  auto found = std::make_shared<std::optional<message_row>>();
  context.bridge.look_up([found, claim = *claim](reader& from) { *found = from.find_claimed_message(claim); },
                         [found, body_hash = claim->body_hash, done = std::move(done)](const failure& failed) {
                           if (failed.code != errc::none) return done(problem_of(failed));
                           if (*found && (*found)->key->body_hash != body_hash) return done(key_has_other_body());
                           done(std::move(*found));
                         });
}

}  // namespace orderflow
