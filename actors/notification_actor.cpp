#include "actors/notification_actor.hpp"

#include <algorithm>

#include "base/crash_point.hpp"
#include "base/log.hpp"
#include "codec/order_json.hpp"
#include "messages/recipient.hpp"

namespace orderflow {

namespace {

constexpr auto sweep_every = std::chrono::seconds{2};
constexpr uint32_t page = 500;
/// A fact that is older and was not told needs the sweep.
constexpr auto head_start = std::chrono::seconds{3};
constexpr const char* sink = "notifications";
constexpr const char* channel = "email";

/// The address that came with the order, else the one that its customer is known by.
std::string recipient_of(const order& now, reader& from, bool at_sandbox) {
  if (!now.who.email.empty()) return now.who.email;
  const auto& user = now.who.id.empty() ? now.source.owner : now.who.id;
  return known_recipient(from, now.source.tenant, user, channel, at_sandbox);
}

}  // namespace

notification_state::notification_state(notification_actor::pointer self, services_ptr with, mailer& mail)
    : self_(self),
      services_(std::move(with)),
      mail_(mail),
      asked_for_(self, services_, [this](const outgoing_message& message) { return deliver(message); }) {}

notification_actor::behavior_type notification_state::make_behavior() {
  return {[this](const told_fact& fact) { told(fact); }, [this](free_notice& wish) { return asked_for_.ask(wish); },
          [this](sweep_atom) { sweep(); }, [this](due_atom, uint64_t number) { asked_for_.wake(number); }};
}

void notification_state::told(const told_fact& fact) {
  const auto kind = notice_of(fact.fact.event);
  if (!kind) return;
  if (!fact.now->who.email.empty()) return tell(*fact.now, fact.seq, *kind, fact.now->who.email);
  auto found = std::make_shared<std::string>();
  read_task look{[found, now = fact.now, at_sandbox = services_->limits.sandbox_recipients](reader& from) {
    *found = recipient_of(*now, from, at_sandbox);
  }};
  self_->request(services_->lookups, caf::infinite, std::move(look))
      .then([this, found, now = fact.now, seq = fact.seq, kind = *kind] { tell(*now, seq, kind, *found); },
            [](caf::error&) {});  // The sweep finds the fact in the journal.
}

void notification_state::tell(const order& now, uint64_t seq, notice_kind kind, const std::string& recipient) {
  if (!recent_.insert({now.id.value, seq}).second) return;
  if (recipient.empty()) return;  // Nobody to tell.
  auto text = write_notice(kind, now);
  auto id = std::to_string(now.id.value) + "." + std::to_string(seq) + "." + channel;
  if (!deliver({std::move(id), channel, recipient, text.subject, text.body, kind, now.id})) {
    recent_.erase({now.id.value, seq});  // The sweep finds it again: the cursor does not pass it.
    return;
  }
  write({now.id, seq, channel, text.subject, recipient, "sent", services_->time->now()});
}

bool notification_state::deliver(const outgoing_message& message) {
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

void notification_state::write(notification_row row) {
  follower_write request{sink, std::nullopt, {std::move(row)}, {}};
  self_->request(services_->journal, caf::infinite, std::move(request))
      .then([](append_outcome&) {},
            [](caf::error& why) { log_warn("notification-row-lost", "because=\"{}\"", caf::to_string(why)); });
}

// -- the net: what a crash swallowed -----------------------------------------------------------------------------------

void notification_state::sweep() {
  self_->delayed_send(self_, sweep_every, sweep_atom_v);
  asked_for_.start();
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
    std::string recipient;
  };
  auto found = std::make_shared<std::vector<missing>>();
  std::vector<recorded_event> unknown;
  for (const auto& event : events)
    if (recent_.count({event.stream.id, event.seq}) == 0) unknown.push_back(event);
  read_task look{[found, unknown = std::move(unknown), at_sandbox = services_->limits.sandbox_recipients](reader& from) {
    for (const auto& event : unknown) {
      order_id id{event.stream.id};
      try {
        auto kind = notice_of(decode_order_event(event.event).event);
        if (!kind || from.has_notification(id, event.seq, channel)) continue;
        const auto row = from.find_order(id);
        if (!row) continue;
        auto now = decode_state(row->state);
        auto recipient = recipient_of(now, from, at_sandbox);
        found->push_back({std::move(now), event.seq, *kind, std::move(recipient)});
      } catch (const codec_error& why) {
        // One damaged record must not keep everybody else's messages back.
        log_error("notification-not-readable", "order={} seq={} because=\"{}\"", id.value, event.seq, why.what());
      }
    }
  }};
  self_->request(services_->lists, caf::infinite, std::move(look))
      .then(
          [this, found, events = std::move(events), more] {
            auto all_told = true;
            for (const auto& one : *found) {
              tell(one.now, one.seq, one.kind, one.recipient);
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
  follower_write request{sink, to, {}, {}};
  self_->request(services_->journal, caf::infinite, std::move(request))
      .then([](append_outcome&) {},
            [](caf::error& why) { log_warn("notification-cursor-lost", "because=\"{}\"", caf::to_string(why)); });
}

}  // namespace orderflow
