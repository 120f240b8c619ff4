#include "http/dialects/notices.hpp"

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

std::optional<problem> problem_in(const std::variant<notice_reply, world_error>& answer) {
  if (const auto* failed = std::get_if<world_error>(&answer)) return problem_of(*failed);
  const auto& reply = std::get<notice_reply>(answer);
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

void queue_notice(edge& on, const request& asked, std::string_view operation, free_notice wish,
                  std::function<void(std::optional<problem>)> done) {
  wish.tenant = asked.from.tenant;
  wish.asked_by = asked.from.subject;
  wish.at = on.time.now();
  auto key = key_of_create(asked, wish.at, operation);
  if (auto* wrong = std::get_if<problem>(&key)) return done(std::move(*wrong));
  wish.key = std::move(std::get<std::optional<key_claim>>(key));
  if (wish.key) wish.key->order = wish.order;
  on.bridge.send_notice(std::move(wish), [done = std::move(done)](const std::variant<notice_reply, world_error>& answer) {
    done(problem_in(answer));
  });
}

void find_earlier_notice(edge& on, const request& asked, std::string_view operation, std::function<void(earlier_notice)> done) {
  auto key = key_of_create(asked, on.time.now(), operation);
  if (auto* wrong = std::get_if<problem>(&key)) return done(std::move(*wrong));
  const auto& claim = std::get<std::optional<key_claim>>(key);
  if (!claim) return done(std::nullopt);
  auto found = std::make_shared<std::optional<notice_row>>();
  on.bridge.look_up([found, claim = *claim](reader& from) { *found = from.find_claimed_notice(claim); },
                    [found, body_hash = claim->body_hash, done = std::move(done)](const world_error& failed) {
                      if (failed.code != errc::none) return done(problem_of(failed));
                      if (*found && (*found)->key->body_hash != body_hash) return done(key_has_other_body());
                      done(std::move(*found));
                    });
}

}  // namespace orderflow
