#include "http/api/common/history.hpp"

#include <algorithm>

#include "base/whole_number.hpp"
#include "codec/event_view.hpp"
#include "codec/json.hpp"
#include "codec/order_json.hpp"
#include "domain/order/evolve.hpp"
#include "http/api/common/reading.hpp"

namespace orderflow {

namespace {

struct moment {
  std::optional<uint64_t> version;
  std::optional<timestamp> at;
};

std::optional<moment> parse_moment(std::string_view text) {
  if (const auto version = whole_number<uint64_t>(text)) return moment{version, std::nullopt};
  if (const auto ms = parse_rfc3339(text)) return moment{std::nullopt, from_ms(*ms)};
  return std::nullopt;
}

bool is_after(const journal_event& event, const moment& until) {
  return (until.version && event.seq > *until.version) || (until.at && event.event.at > *until.at);
}

std::string history_json(const std::vector<journal_event>& events) {
  std::string text;
  text.reserve(events.size() * 256);
  json_writer out{text};
  out.begin_array();
  order first;  // For the currency, which the first event has.
  for (const auto& event : events) {
    const auto recorded = decode_order_event(event.event);
    if (!first.exists()) evolve(first, recorded);
    out.begin_object();
    out.key("seq").integer(static_cast<int64_t>(event.seq));
    out.key("type").string(name_of_order_event(event.event.type));
    out.key("at").string(to_rfc3339(to_ms(event.event.at)));
    out.key("data").raw(view_of(recorded.event, first.money));
    out.end_object();
  }
  out.end_array();
  return text;
}

/// What a question on a reader's thread leaves for the callback here.
struct found_past {
  std::string text;
  std::optional<order> then;
  std::string damage;  ///< A row that this binary cannot decode.
};

}  // namespace

problem record_is_damaged() {
  problem made;
  made.status = 500;
  made.word = "record_must_be_readable";
  made.detail = "A stored record cannot be read by this version; an operator has to look at it.";
  return made;
}

void answer_history(handler_context& context, const request& req, const responder& to) {
  const auto id = parse_order_id(req.values[0]);
  if (!id) return to(problem_json(order_not_found(), req.id));
  look_at(context, req, *id, std::nullopt, [&context, &req, to, id = *id](const order_or_problem& outcome) {
    if (const auto* wrong = std::get_if<problem>(&outcome)) return to(problem_json(*wrong, req.id));
    auto found = std::make_shared<found_past>();
    const auto question = [found, id](reader& from) {
      try {
        found->text = history_json(from.history(stream_of(id)));
      } catch (const codec_error& why) {
        found->damage = why.what();
      }
    };
    context.bridge.read(question, [&req, to, found](const failure& failed) {
      if (failed.code != errc::none) return to(problem_json(problem_of(failed), req.id));
      if (!found->damage.empty()) return to(problem_json(record_is_damaged(), req.id));
      reply made;
      made.body = std::move(found->text);
      to(std::move(made));
    });
  });
}

void read_as_of(handler_context& context, const request& req, order_id id, const std::string& point,
                std::function<void(std::variant<order, problem>)> done) {
  const auto until = parse_moment(point);
  if (!until) return done(invalid({{"?at", "must be a version or a time such as 2025-12-01T10:00:00Z"}}));
  look_at(context, req, id, std::nullopt,
          [&context, id, until = *until, done = std::move(done)](const order_or_problem& outcome) {
            if (const auto* wrong = std::get_if<problem>(&outcome)) return done(*wrong);
            auto found = std::make_shared<found_past>();
            const auto question = [found, id, until](reader& from) {
              try {
                order then;
                for (const auto& event : from.history(stream_of(id))) {
                  if (is_after(event, until)) break;
                  evolve(then, decode_order_event(event.event));
                }
                if (then.exists()) found->then = std::move(then);
              } catch (const codec_error& why) {
                found->damage = why.what();
              }
            };
            context.bridge.read(question, [found, done](const failure& failed) {
              if (failed.code != errc::none) return done(problem_of(failed));
              if (!found->damage.empty()) return done(record_is_damaged());
              if (!found->then) return done(order_not_found());
              done(std::move(*found->then));
            });
          });
}

}  // namespace orderflow
