#include "actors/followers/notifications/notification_actor.hpp"

#include <algorithm>

#include "base/crash_point.hpp"
#include "base/log.hpp"
#include "codec/order_json.hpp"
#include "journal/state_of.hpp"
#include "messages/recipient.hpp"

namespace orderflow {

namespace {

constexpr auto sweep_every = std::chrono::seconds{2};
constexpr uint32_t page_size = 500;
/// A fact that is older and was not told is the sweep's.
constexpr auto head_start = std::chrono::seconds{3};
/// Above it tellers are not listened to: the sweep finds their facts in the journal.
constexpr size_t most_in_memory = 100'000;
constexpr const char* sink = "notifications";
constexpr const char* channel = "email";
/// After so many failures in a row nothing can be delivered at all; then one message at a time is tried.
constexpr breaker::limits when_away{5, std::chrono::seconds{5}, 1};

/// The address that came with the order, else the one that its customer is known by.
std::string recipient_of(const order& now, reader& from, bool at_sandbox) {
  if (!now.who.email.empty()) return now.who.email;
  const auto& user = customer_of(now);
  return known_recipient(from, now.source.tenant, user, channel, at_sandbox);
}

}  // namespace

notification_state::notification_state(notification_actor::pointer self, services_ptr with, mailer& mail)
    : self_(self),
      services_(std::move(with)),
      mail_(mail),
      service_(when_away),
      started_at_(services_->time->now()),
      asked_for_(self, services_, [this](const outgoing_message& message) { return deliver(message); }) {
  unwritten_.sink = sink;
}

notification_actor::behavior_type notification_state::make_behavior() {
  return {[this](const committed_event& committed) { told(committed); },
          [this](requested_message& request) { return asked_for_.ask(request); },
          [this](sweep_atom) { sweep(); },
          [this](redrive_atom, int64_t number) { return asked_for_.redrive(number); },
          [this](due_atom, uint64_t number) { asked_for_.wake(number); },
          [this](passivate_atom) { return write_all(); },
          [this](resume_atom) { go_on(); }};
}

/// Who would tell a fact of before this process has gone with it.
bool notification_state::is_young(timestamp at) const { return at >= started_at_ && services_->time->is_recent(at, head_start); }

void notification_state::told(const committed_event& committed) {
  if (!caught_up_) {
    if (early_.size() < most_in_memory) early_.push_back(committed);
    return;
  }
  const auto kind = message_of(committed.recorded.event, *committed.now);
  const bool listened_to = recent_.size() < most_in_memory && unwritten_.notifications.size() < most_in_memory;
  if (!kind || !is_young(committed.recorded.at) || !listened_to) return;
  if (!committed.now->who.email.empty()) {
    static_cast<void>(
        tell({committed.now, committed.seq, *kind, committed.now->who.email, returned_by(committed.recorded, *committed.now)}));
    return write();
  }
  auto found = std::make_shared<std::string>();
  read_task look{[found, now = committed.now, at_sandbox = services_->limits.sandbox_recipients](reader& from) {
    *found = recipient_of(*now, from, at_sandbox);
  }};
  self_->request(services_->upkeep, caf::infinite, std::move(look))
      .then(
          [this, found, now = committed.now, seq = committed.seq, kind = *kind, recorded = committed.recorded] {
            if (!is_young(recorded.at)) return;
            static_cast<void>(tell({now, seq, kind, *found, returned_by(recorded, *now)}));
            write();
          },
          [](caf::error&) {});  // The sweep finds the fact in the journal.
}

/// False: not now. The cursor does not pass it, so the sweep finds it again.
bool notification_state::tell(const pending_delivery& one) {
  const place at{one.now->id.value, one.seq};
  if (!recent_.insert(at).second) return true;
  if (one.recipient.empty()) return true;  // Nobody to tell.
  auto text = write_message(one.kind, *one.now, one.returned);
  auto id = std::to_string(at.first) + "." + std::to_string(one.seq) + "." + channel;
  const outgoing_message message{std::move(id), channel,  one.recipient, text.subject,
                                 text.body,     one.kind, one.now->id,   one.now->source.tenant};
  notification_row row{one.now->id, one.seq, channel, text.subject, one.recipient, "sent", services_->time->now()};
  switch (deliver(message)) {
    case delivery::done: unwritten_.notifications.push_back(std::move(row)); return true;
    case delivery::failed: set_aside(message, std::move(row), at); return true;
    case delivery::not_now: recent_.erase(at); return false;
  }
  return true;
}

delivery notification_state::deliver(const outgoing_message& message) {
  if (!service_.allows(services_->time->monotonic())) return delivery::not_now;
  crash_point("notification-before-send");
  auto failure = mail_.deliver(message);
  crash_point("notification-after-send");
  auto& health = services_->figures->mail;
  if (failure.empty()) {
    service_.succeeded();
    if (const auto ended = health.back())
      log_warn("mail-back", {{"duration_ms", (services_->time->monotonic() - ended->began).count()}});
    services_->figures->notifications_sent->inc();
    return delivery::done;
  }
  service_.failed(services_->time->monotonic());
  if (service_.open() && health.lost(*services_->time, failure))
    log_error("mail-lost", {{"because", failure}, {"effect", "messages wait, and are delivered when it is back"}});
  services_->figures->notifications_failed->inc();
  log_warn("notification-failed", {{"id", message.id}, {"because", failure}});
  return delivery::failed;
}

/// One that cannot be delivered must not hold up the others: it is shown as failed, and tried again by itself.
void notification_state::set_aside(const outgoing_message& message, notification_row row, place at) {
  row.status = "failed";
  ++being_set_aside_;
  asked_for_.take_over(message, std::move(row), [this, at](bool durable) {
    --being_set_aside_;
    if (!durable) {
      recent_.erase(at);
      if (page_) page_->lost = true;
    }
    if (page_ && page_->pending.empty()) go_on();
  });
}

/// While the journal has rows in hand, more are collected: many of them are one write.
void notification_state::write() {
  if (writing_) return;
  if (unwritten_.notifications.empty() && !unwritten_.cursor) {
    for (auto& one : std::exchange(want_all_written_, {})) one.deliver();
    return;
  }
  writing_ = true;
  in_hand_ = std::exchange(unwritten_, follower_write{sink, std::nullopt, {}, {}});
  in_hand_.can_wait = want_all_written_.empty();
  const auto again_later = [this](const std::string& why) {
    const auto late = in_hand_.notifications.size();  // None: only the cursor is, and it says nothing that would be missed.
    if (late > 0) log_warn("notification-rows-late", {{"rows", late}, {"because", why}});
    auto& rows = unwritten_.notifications;
    rows.insert(rows.begin(), in_hand_.notifications.begin(), in_hand_.notifications.end());
    if (!unwritten_.cursor) unwritten_.cursor = in_hand_.cursor;
    for (auto& one : std::exchange(want_all_written_, {})) one.deliver();
  };
  self_->request(services_->journal, caf::infinite, in_hand_)
      .then(
          [this, again_later](append_outcome& outcome) {
            writing_ = false;
            if (outcome.status != append_status::committed) return again_later(outcome.detail);
            write();
          },
          [this, again_later](caf::error& why) {
            writing_ = false;
            again_later(sentence_of(why));
          });
}

caf::result<void> notification_state::write_all() {
  want_all_written_.push_back(self_->make_response_promise<void>());
  auto to = want_all_written_.back();
  write();
  return to;
}

// -- the net: what a crash swallowed -----------------------------------------------------------------------------------

void notification_state::sweep() {
  self_->delayed_send(self_, sweep_every, sweep_atom_v);
  asked_for_.start();
  write();
  if (sweeping_) return;
  sweeping_ = true;
  if (cursor_) return read_on();
  auto found = std::make_shared<position>();
  read_task look{[found](reader& from) { *found = from.find_cursor(sink).value_or(position{}); }};
  self_->request(services_->upkeep, caf::infinite, std::move(look))
      .then(
          [this, found] {
            cursor_ = *found;
            read_on();
          },
          [this](caf::error&) { end_sweep(); });
}

/// Reads the next page. Facts of the last moments are left to their tellers, who are on their way.
void notification_state::read_on() {
  auto found = std::make_shared<std::vector<journal_event>>();
  read_task look{[found, from_here = *cursor_](reader& from) {
    *found = from.events_after(from_here, stream_kind::order, told_event_types(), page_size);
  }};
  self_->request(services_->upkeep, caf::infinite, std::move(look))
      .then(
          [this, found] {
            auto whole_page = found->size() == page_size;
            // Cut at the first young one, not only it: the cursor must not pass an event that nobody has told yet.
            auto young = [this](const journal_event& one) { return is_young(one.event.at); };
            found->erase(std::find_if(found->begin(), found->end(), young), found->end());
            whole_page = whole_page && found->size() == page_size;
            if (found->empty()) return end_sweep();
            look_for_missing(std::move(*found), whole_page);
          },
          [this](caf::error&) { end_sweep(); });
}

void notification_state::look_for_missing(std::vector<journal_event> events, bool more) {
  auto found = std::make_shared<std::deque<pending_delivery>>();
  std::vector<journal_event> unknown;
  for (const auto& event : events)
    if (recent_.count({event.stream.id, event.seq}) == 0) unknown.push_back(event);
  read_task look{[found, unknown = std::move(unknown), at_sandbox = services_->limits.sandbox_recipients](reader& from) {
    for (const auto& event : unknown) {
      order_id id{event.stream.id};
      try {
        const auto recorded = decode_order_event(event.event);
        if (from.has_notification(id, event.seq, channel)) continue;
        const auto row = from.find_order(id);
        if (!row) continue;
        auto now = std::make_shared<const order>(state_of(from, *row));
        const auto kind = message_of(recorded.event, *now);
        if (!kind) continue;
        const auto returned = returned_by(recorded, *now);
        auto recipient = recipient_of(*now, from, at_sandbox);
        found->push_back({std::move(now), event.seq, *kind, std::move(recipient), returned});
      } catch (const codec_error& why) {
        // One damaged record must not keep everybody else's messages back.
        log_error("notification-not-readable", {{"order", id.value}, {"seq", event.seq}, {"because", why.what()}});
      }
    }
  }};
  self_->request(services_->upkeep, caf::infinite, std::move(look))
      .then(
          [this, found, events = std::move(events), more] {
            page_ = page{events, std::move(*found), more, false};
            go_on();
          },
          [this](caf::error&) { end_sweep(); });
}

/// One message at a time where they take long: whoever asks for one meanwhile is not to wait for a whole page.
void notification_state::go_on() {
  if (!page_) return;
  constexpr auto turn = milliseconds{20};
  const auto until = std::chrono::steady_clock::now() + turn;
  while (!page_->pending.empty()) {
    if (std::chrono::steady_clock::now() >= until) return self_->send(self_, resume_atom_v);
    if (!tell(page_->pending.front())) {
      write();
      return end_sweep();
    }
    page_->pending.pop_front();
  }
  if (being_set_aside_ == 0) finish_page();
}

void notification_state::finish_page() {
  const auto done = std::move(*page_);
  page_.reset();
  if (!done.lost) {
    for (const auto& event : done.events) recent_.erase({event.stream.id, event.seq});
    cursor_ = unwritten_.cursor = done.events.back().at;
  }
  write();
  if (done.more && !done.lost) return read_on();
  end_sweep();
}

void notification_state::end_sweep() {
  page_.reset();
  sweeping_ = false;
  if (std::exchange(caught_up_, true)) return;
  for (const auto& one : std::exchange(early_, {})) told(one);
}

}  // namespace orderflow
