#include "actors/followers/notifications/outbound_queue.hpp"

#include <algorithm>
#include <cstdlib>

#include "base/crash_point.hpp"
#include "base/log.hpp"

namespace orderflow {

namespace {

constexpr const char* sink = "notices";
constexpr uint32_t numbers_per_block = 256;
/// Delivered before the next look; requests and exits are answered in between.
constexpr uint32_t page = 50;
/// A look that failed is repeated after it.
constexpr auto trouble_pause = std::chrono::seconds{1};
/// A wake-up further away is divided, so that a clock that was set does not delay a message by more.
constexpr milliseconds longest_sleep = std::chrono::minutes{1};
/// Scope of the keys of messages about orders, which are their Message-IDs: `<order>.<seq>.<channel>`.
constexpr const char* event_scope = "fact";
constexpr milliseconds one_hour = std::chrono::hours{1};

std::pair<std::string, std::string> place_of(const key_claim& key) { return {key.scope, key.key}; }

message_row row_of(const requested_message& request, int64_t number) {
  message_row row;
  row.number = number;
  row.tenant = request.tenant;
  row.user = request.user;
  row.order = request.order;
  row.channel = request.channel;
  row.recipient = request.recipient;
  row.subject = request.subject;
  row.text = request.text;
  row.key = request.key;
  row.asked_at = request.at;
  row.send_at = std::max(request.send_at, request.at);
  row.due_at = row.send_at;
  return row;
}

bool is_about_an_event(const message_row& row) { return row.key && row.key->scope == event_scope; }

std::string message_id_of(const message_row& row) {
  return is_about_an_event(row) ? row.key->key : "notice." + std::to_string(row.number);
}

notification_row sent_row_of(const message_row& row) {
  const auto& id = row.key->key;
  const auto seq = std::strtoull(id.c_str() + id.find('.') + 1, nullptr, 10);
  return {row.order, seq, row.channel, row.subject, row.recipient, "sent", row.settled_at};
}

/// Anew when somebody had it tried again.
timestamp timeout_begins(const message_row& row) { return std::max(row.send_at, row.settled_at); }

milliseconds pause_after(const actor_settings& limits, uint32_t tries) {
  auto pause = limits.message_retry_first;
  for (uint32_t i = 1; i < tries && pause < limits.message_retry_most; ++i) pause *= 2;
  return std::min(pause, limits.message_retry_most);
}

}  // namespace

outbound_queue::outbound_queue(notification_actor::pointer self, services_ptr with,
                               std::function<delivery(const outgoing_message&)> deliver)
    : self_(self), services_(std::move(with)), deliver_(std::move(deliver)) {}

// -- being asked -------------------------------------------------------------------------------------------------------

caf::result<message_reply> outbound_queue::ask(requested_message& request) {
  asked one{std::move(request), self_->make_response_promise<message_reply>()};
  auto to = *one.to;
  if (!one.request.key) {
    accept(std::move(one));
    return to;
  }
  auto [waiting, first] = asking_.try_emplace(place_of(*one.request.key));
  if (first)
    look_for_key(std::move(one));
  else
    waiting->second.push_back({one.request.key->body_hash, to});
  return to;
}

void outbound_queue::look_for_key(asked one) {
  auto found = std::make_shared<std::optional<message_row>>();
  read_task look{[found, key = *one.request.key](reader& from) { *found = from.find_claimed_message(key); }};
  auto shared = std::make_shared<asked>(std::move(one));
  self_->request(services_->key_lookup_of(*shared->request.key), caf::infinite, std::move(look))
      .then(
          [this, found, shared] {
            if (!*found) return accept(std::move(*shared));
            const bool same = (*found)->key->body_hash == shared->request.key->body_hash;
            settle(*shared, {same, !same, {}}, (*found)->key->body_hash);
          },
          [this, shared](caf::error& why) { fail(*shared, why); });
}

void outbound_queue::accept(asked one) {
  if (const auto pause = too_many_for(one.request); pause.count() > 0) return settle(one, {false, false, pause}, std::nullopt);
  number(std::move(one));
}

void outbound_queue::take_over(const outgoing_message& message, notification_row failed,
                               std::function<void(bool durable)> taken) {
  requested_message request;
  request.tenant = message.tenant;
  request.channel = message.channel;
  request.recipient = message.recipient;
  request.subject = message.subject;
  request.text = message.text;
  request.order = message.order;
  request.at = services_->time->now();
  request.send_at = request.at + services_->limits.message_retry_first;
  request.key = key_claim{event_scope, message.id, hash_of(message.text), message.order, request.at};
  number({std::move(request), std::nullopt, std::move(failed), std::move(taken)});
}

void outbound_queue::number(asked one) {
  unnumbered_.push_back(std::move(one));
  if (unnumbered_.size() == 1 || numbers_.count > 0) number_those_waiting();
}

/// The hours are not the clock's: they begin with the first message asked for after the last one has ended.
milliseconds outbound_queue::too_many_for(const requested_message& request) {
  const auto now = services_->time->monotonic();
  if (now >= hour_began_ + one_hour) {
    asked_this_hour_.clear();
    hour_began_ = now;
  }
  auto& count = asked_this_hour_[{request.tenant, request.asked_by}];
  if (count >= services_->limits.messages_per_hour) return hour_began_ + one_hour - now;
  ++count;
  return milliseconds{0};
}

void outbound_queue::number_those_waiting() {
  if (numbers_.count > 0) {
    auto waiting = std::exchange(unnumbered_, {});
    for (auto& one : waiting) {
      if (numbers_.count == 0) {
        unnumbered_.push_back(std::move(one));
        continue;
      }
      queue(one, numbers_.first);
      numbers_.first += shard_count;
      --numbers_.count;
    }
  }
  if (unnumbered_.empty()) return;
  self_->request(services_->journal, caf::infinite, uint32_t{message_numbers}, uint32_t{numbers_per_block})
      .then(
          [this](id_block fresh) {
            numbers_ = fresh;
            number_those_waiting();
          },
          [this](caf::error& why) {
            for (const auto& one : std::exchange(unnumbered_, {})) fail(one, why);
          });
}

void outbound_queue::queue(const asked& one, int64_t number) {
  auto row = row_of(one.request, number);
  const auto due = *row.due_at;
  follower_write request{sink, std::nullopt, {}, {std::move(row)}};
  if (one.about) request.notifications.push_back(*one.about);
  self_->request(services_->journal, caf::infinite, std::move(request))
      .then(
          [this, one, due](append_outcome& outcome) {
            if (outcome.status != append_status::committed) return fail(one, to_error(outcome));
            crash_point("notice-after-commit");
            settle(one, {}, one.request.key ? std::optional{one.request.key->body_hash} : std::nullopt);
            look_again_at(due);
          },
          [this, one](caf::error& why) { fail(one, why); });
}

/// Whoever asked the same meanwhile is answered together with the first: a double click is one message.
void outbound_queue::settle(const asked& one, const message_reply& reply, std::optional<uint64_t> body_under_key) {
  if (one.taken) return one.taken(true);
  auto to = *one.to;
  to.deliver(reply);
  if (!one.request.key) return;
  auto waiting = asking_.extract(place_of(*one.request.key));
  for (auto& other : waiting.mapped()) {
    const bool same = other.body_hash == body_under_key;
    other.to.deliver(body_under_key ? message_reply{same, !same, {}} : reply);
  }
}

void outbound_queue::fail(const asked& one, const caf::error& why) {
  if (one.taken) return one.taken(false);
  auto to = *one.to;
  to.deliver(why);
  if (!one.request.key) return;
  auto waiting = asking_.extract(place_of(*one.request.key));
  for (auto& other : waiting.mapped()) other.to.deliver(why);
}

caf::result<bool> outbound_queue::redrive(int64_t number) {
  auto to = self_->make_response_promise<bool>();
  auto found = std::make_shared<std::optional<message_row>>();
  read_task look{[found, number](reader& from) { *found = from.find_message(number); }};
  self_->request(services_->lookups, caf::infinite, std::move(look))
      .then(
          [this, found, to]() mutable {
            if (!*found || (*found)->status != message_status::given_up) return to.deliver(false);
            auto row = std::move(**found);
            row.status = message_status::queued;
            row.tries = 0;
            row.settled_at = services_->time->now();
            row.due_at = row.settled_at;
            write_redriven(std::move(row), to);
          },
          [to](caf::error& why) mutable { to.deliver(std::move(why)); });
  return to;
}

void outbound_queue::write_redriven(message_row row, caf::typed_response_promise<bool> to) {
  log_info("notice-redriven", {{"number", row.number}});
  const auto due = *row.due_at;
  self_->request(services_->journal, caf::infinite, follower_write{sink, std::nullopt, {}, {std::move(row)}})
      .then(
          [this, to, due](append_outcome& outcome) mutable {
            if (outcome.status != append_status::committed) return to.deliver(to_error(outcome));
            to.deliver(true);
            look_again_at(due);
          },
          [to](caf::error& why) mutable { to.deliver(std::move(why)); });
}

// -- delivering --------------------------------------------------------------------------------------------------------

void outbound_queue::start() {
  if (std::exchange(started_, true)) return;
  look();
}

void outbound_queue::look_again_at(timestamp at) {
  if (looking_) {
    look_again_ = true;
    return;
  }
  if (wake_at_ && *wake_at_ <= at) return;
  wake_at_ = at;
  const auto pause = std::clamp(at - services_->time->now(), milliseconds{0}, longest_sleep);
  self_->delayed_send(self_, pause, due_atom_v, ++wake_number_);
}

void outbound_queue::wake(uint64_t number) {
  if (number == wake_number_ && wake_at_) look();
}

void outbound_queue::look() {
  wake_at_.reset();
  looking_ = true;
  look_again_ = false;
  if (!unrecorded_.empty()) return record();
  auto open = std::make_shared<std::vector<message_row>>();
  self_->request(services_->lookups, caf::infinite, read_task{[open](reader& from) { *open = from.open_messages(page); }})
      .then([this, open] { deliver_due(std::move(*open)); },
            [this](caf::error&) {
              looking_ = false;
              look_again_at(services_->time->now() + trouble_pause);
            });
}

void outbound_queue::deliver_due(std::vector<message_row> open) {
  constexpr auto turn = milliseconds{20};
  const auto until = std::chrono::steady_clock::now() + turn;
  const auto now = services_->time->now();
  std::optional<timestamp> next;
  for (auto& row : open) {
    if (*row.due_at > now) {
      next = row.due_at;
      break;
    }
    if (!deliver_one(std::move(row))) {
      next = now + trouble_pause;
      break;
    }
    // Where each takes long, what was delivered is recorded and others have their turn before the next one.
    if (std::chrono::steady_clock::now() >= until) break;
  }
  if (!unrecorded_.empty()) return record();
  looking_ = false;
  if (look_again_) return look();
  if (next) look_again_at(*next);
}

/// False: nothing can be delivered at the moment.
bool outbound_queue::deliver_one(message_row row) {
  const auto& limits = services_->limits;
  const auto ended =
      deliver_({message_id_of(row), row.channel, row.recipient, row.subject, row.text, std::nullopt, row.order, row.tenant});
  if (ended == delivery::not_now) return false;
  ++row.tries;
  if (ended == delivery::done) {
    row.status = message_status::sent;
  } else if (const auto since = timeout_begins(row);
             services_->time->now() >= services_->time->not_before(since, since + limits.message_expiry)) {
    row.status = message_status::given_up;
    services_->figures->messages_given_up->inc();
    log_error("notice-given-up", {{"number", row.number}, {"user", row.user}, {"tries", row.tries}});
  }
  const auto now = services_->time->now();
  if (row.status == message_status::queued) {
    row.due_at = now + pause_after(limits, row.tries);
  } else {
    row.due_at.reset();
    row.settled_at = now;
  }
  unrecorded_.insert_or_assign(row.number, std::move(row));
  return true;
}

/// While the store cannot be written nothing more is delivered: what was delivered would be found again as open.
void outbound_queue::record() {
  follower_write request{sink, std::nullopt, {}, {}};
  for (const auto& [number, row] : unrecorded_) {
    request.messages.push_back(row);
    if (is_about_an_event(row) && row.status == message_status::sent) request.notifications.push_back(sent_row_of(row));
  }
  auto trouble = [this](const std::string& why) {
    log_warn("notice-rows-late", {{"because", why}});
    looking_ = false;
    look_again_at(services_->time->now() + trouble_pause);
  };
  self_->request(services_->journal, caf::infinite, std::move(request))
      .then(
          [this, trouble](append_outcome& outcome) {
            if (outcome.status != append_status::committed) return trouble(outcome.detail);
            unrecorded_.clear();
            look();
          },
          [trouble](caf::error& why) { trouble(sentence_of(why)); });
}

}  // namespace orderflow
