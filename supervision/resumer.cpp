#include "supervision/resumer.hpp"

#include "base/log.hpp"

namespace orderflow {

namespace {

constexpr uint32_t page = 1000;
constexpr auto retry_pause = milliseconds{500};

}  // namespace

resumer::resumer(caf::actor_config& config, services_ptr with, std::shared_ptr<std::atomic<bool>> all_up)
    : caf::event_based_actor(config), services_(std::move(with)), done_(std::move(all_up)) {}

caf::behavior resumer::make_behavior() {
  read_page();
  return {[this](sweep_atom) { read_page(); }};
}

void resumer::read_page() {
  auto found = std::make_shared<std::vector<due_order>>();
  read_task look{[found, after = last_](reader& from) { *found = from.open_orders(after, page); }};
  request(services_->upkeep, caf::infinite, std::move(look))
      .then(
          [this, found] {
            page_ = std::move(*found);
            next_ = 0;
            total_ += page_.size();
            all_read_ = page_.size() < page;
            if (!page_.empty()) last_ = page_.back();
            wake_more();
          },
          [this](caf::error& why) {
            log_warn("resume-not-read", {{"because", sentence_of(why)}});
            delayed_send(this, retry_pause, sweep_atom_v);
          });
}

void resumer::wake_more() {
  while (next_ < page_.size() && under_way_ < services_->limits.resumes_at_once) {
    const auto id = page_[next_++].id;
    ++under_way_;
    request(services_->shard_of(id), caf::infinite, resume_atom_v, id)
        .then([this] { one_is_up(); },
              [this, id](caf::error& why) {
                log_warn("order-not-resumed", {{"order", id.value}, {"because", sentence_of(why)}});
                one_is_up();
              });
  }
  if (next_ < page_.size() || under_way_ > 0) return;
  if (!all_read_) return read_page();
  log_info("orders-resumed", {{"count", total_}});
  done_->store(true);
  quit();
}

void resumer::one_is_up() {
  --under_way_;
  wake_more();
}

}  // namespace orderflow
