#include "actors/notification_actor.hpp"

#include <algorithm>

#include "base/crash_point.hpp"
#include "base/log.hpp"
#include "codec/order_json.hpp"

namespace orderflow {

namespace {

constexpr auto sweep_every = std::chrono::seconds{2};
constexpr uint32_t page = 500;
/// A fact that is older and was not told needs the sweep.
constexpr auto head_start = std::chrono::seconds{3};
constexpr const char* sink = "notifications";
constexpr const char* channel = "email";

std::string asked_channel(const asked_notice& wish) { return std::string{channel} + "/" + wish.key; }

}  // namespace

notification_state::notification_state(notification_actor::pointer self, services_ptr with, mailer& mail)
    : self_(self), services_(std::move(with)), mail_(mail) {}

notification_actor::behavior_type notification_state::make_behavior() {
  return {[this](const told_fact& fact) { told(fact); }, [this](asked_notice& wish) { return asked(wish); },
          [this](sweep_atom) { sweep(); }};
}

void notification_state::told(const told_fact& fact) {
  if (auto kind = notice_of(fact.fact.event)) tell(*fact.now, fact.seq, *kind);
}

void notification_state::tell(const order& now, uint64_t seq, notice_kind kind) {
  if (!recent_.insert({now.id.value, seq}).second) return;
  if (now.who.email.empty()) return;  // Nobody to tell; known recipients come with the order.
  auto text = write_notice(kind, now);
  auto id = std::to_string(now.id.value) + "." + std::to_string(seq) + "." + channel;
  if (!deliver({std::move(id), channel, now.who.email, text.subject, text.body})) {
    recent_.erase({now.id.value, seq});  // The sweep finds it again: the cursor does not pass it.
    return;
  }
  write({now.id, seq, channel, text.subject, now.who.email, "sent", services_->time->now()});
}

bool notification_state::deliver(outgoing_message message) {
  crash_point("notification-before-send");
  auto failure = mail_.deliver(message);
  crash_point("notification-after-send");
  if (failure.empty()) {
    services_->figures->notifications_sent->inc();
    return true;
  }
  services_->figures->notifications_failed->inc();
  log_warn("notification-failed", "id={} because=\"{}\"", message.id, failure);
  return false;
}

/// What a client asked for itself is no event: its key takes the place of the sequence number. Until its row is written, who
/// asks the same is answered together with the first: a double click is one mail.
caf::result<bool> notification_state::asked(asked_notice& wish) {
  auto to = self_->make_response_promise<bool>();
  auto id = std::to_string(wish.now->id.value) + "." + asked_channel(wish);
  auto [waiting, first] = asking_.try_emplace(id);
  waiting->second.push_back(to);
  if (!first) return to;
  auto found = std::make_shared<bool>();
  read_task look{[found, order = wish.now->id, where = asked_channel(wish)](reader& from) {
    *found = from.has_notification(order, 0, where);
  }};
  self_->request(services_->lookups, caf::infinite, std::move(look))
      .then(
          [this, found, id, wish = std::move(wish)] {
            if (*found) return answer_asked(id, true);
            send_asked(id, wish);
          },
          [this, id](caf::error& why) { answer_asked(id, why); });
  return to;
}

void notification_state::answer_asked(const std::string& id, const caf::expected<bool>& result) {
  auto waiting = asking_.extract(id);
  for (auto& to : waiting.mapped()) {
    if (result)
      to.deliver(*result);
    else
      to.deliver(result.error());
  }
}

void notification_state::send_asked(const std::string& id, const asked_notice& wish) {
  auto text = write_notice(wish.kind, *wish.now);
  auto where = asked_channel(wish);
  if (!deliver({id, channel, wish.recipient, text.subject, text.body})) return answer_asked(id, false);
  notification_row row{wish.now->id, 0, std::move(where), text.subject, wish.recipient, "sent", services_->time->now()};
  self_->request(services_->journal, caf::infinite, follower_write{sink, std::nullopt, {std::move(row)}})
      .then(
          [this, id](append_outcome& outcome) {
            if (outcome.status == append_status::committed) return answer_asked(id, true);
            answer_asked(id, to_error(errc::outcome_unknown, "sent, but not recorded: " + outcome.detail));
          },
          [this, id](caf::error& why) { answer_asked(id, why); });
}

void notification_state::write(notification_row row) {
  follower_write request{sink, std::nullopt, {std::move(row)}};
  self_->request(services_->journal, caf::infinite, std::move(request))
      .then([](append_outcome&) {},
            [](caf::error& why) { log_warn("notification-row-lost", "because=\"{}\"", caf::to_string(why)); });
}

// -- the net: what a crash swallowed -----------------------------------------------------------------------------------

void notification_state::sweep() {
  self_->delayed_send(self_, sweep_every, sweep_atom_v);
  if (sweeping_) return;
  sweeping_ = true;
  if (cursor_) return read_on();
  auto found = std::make_shared<position>();
  read_task look{[found](reader& from) { *found = from.find_cursor(sink).value_or(position{}); }};
  self_->request(services_->lists, caf::infinite, std::move(look))
      .then(
          [this, found] {
            cursor_ = *found;
            read_on();
          },
          [this](caf::error&) { sweeping_ = false; });
}

/// Reads the next page. Facts of the last moments are left to their tellers, who are on their way.
void notification_state::read_on() {
  auto found = std::make_shared<std::vector<recorded_event>>();
  read_task look{[found, from_here = *cursor_](reader& from) {
    *found = from.events_after(from_here, stream_kind::order, told_event_types(), page);
  }};
  self_->request(services_->lists, caf::infinite, std::move(look))
      .then(
          [this, found] {
            auto whole_page = found->size() == page;
            // Cut at the first young one, not only it: the cursor must not pass an event that nobody has told yet.
            auto young = [limit = services_->time->now() - head_start](const recorded_event& one) {
              return one.event.at > limit;
            };
            found->erase(std::find_if(found->begin(), found->end(), young), found->end());
            whole_page = whole_page && found->size() == page;
            if (found->empty()) {
              sweeping_ = false;
              return;
            }
            look_for_missing(std::move(*found), whole_page);
          },
          [this](caf::error&) { sweeping_ = false; });
}

void notification_state::look_for_missing(std::vector<recorded_event> events, bool more) {
  struct missing {
    order now;
    uint64_t seq;
    notice_kind kind;
  };
  auto found = std::make_shared<std::vector<missing>>();
  std::vector<recorded_event> unknown;
  for (const auto& event : events)
    if (recent_.count({event.stream.id, event.seq}) == 0) unknown.push_back(event);
  read_task look{[found, unknown = std::move(unknown)](reader& from) {
    for (const auto& event : unknown) {
      order_id id{event.stream.id};
      auto kind = notice_of(decode_order_event(event.event).event);
      if (!kind || from.has_notification(id, event.seq, channel)) continue;
      if (auto row = from.find_order(id)) found->push_back({decode_state(row->state), event.seq, *kind});
    }
  }};
  self_->request(services_->lists, caf::infinite, std::move(look))
      .then(
          [this, found, events = std::move(events), more] {
            auto all_told = true;
            for (const auto& one : *found) {
              tell(one.now, one.seq, one.kind);
              all_told = all_told && recent_.count({one.now.id.value, one.seq}) > 0;
            }
            if (!all_told) {  // The cursor stays before what could not be delivered; the next sweep tries again.
              sweeping_ = false;
              return;
            }
            for (const auto& event : events) recent_.erase({event.stream.id, event.seq});
            move_cursor(events.back().at);
            if (more) return read_on();
            sweeping_ = false;
          },
          [this](caf::error&) { sweeping_ = false; });
}

void notification_state::move_cursor(position to) {
  cursor_ = to;
  follower_write request{sink, to, {}};
  self_->request(services_->journal, caf::infinite, std::move(request))
      .then([](append_outcome&) {},
            [](caf::error& why) { log_warn("notification-cursor-lost", "because=\"{}\"", caf::to_string(why)); });
}

}  // namespace orderflow
