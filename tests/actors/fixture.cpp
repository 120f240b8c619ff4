#include "tests/actors/fixture.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "base/log.hpp"
#include "codec/order_json.hpp"

namespace orderflow::test {

namespace {

/// More steps than any test needs: two that keep each other busy for ever are a defect.
constexpr size_t too_many_steps = 3'000'000;

[[maybe_unused]] const bool prepared = [] {
  caf::core::init_global_meta_objects();
  caf::init_global_meta_objects<caf::id_block::orderflow>();
  start_logging(log_level::off, log_format::text);
  return true;
}();

/// A line that can be cut: what goes in then arrives nowhere, and no answer comes back.
using line_state = std::shared_ptr<bool>;

class payment_line final : public payment_gateway {
 public:
  payment_line(scripted_gateway& far, line_state alive) : far_(far), alive_(std::move(alive)) {}

  void charge(const charge_request& request, std::function<void(charge_answer)> answered) override {
    if (*alive_) far_.charge(request, while_alive(std::move(answered)));
  }
  void query(const std::string& key, order_id order, std::function<void(charge_answer)> answered) override {
    if (*alive_) far_.query(key, order, while_alive(std::move(answered)));
  }
  void refund(const refund_request& request, std::function<void(refund_answer)> answered) override {
    if (*alive_) far_.refund(request, while_alive(std::move(answered)));
  }
  void refunded(order_id order, std::function<void(refund_answer)> answered) override {
    if (*alive_) far_.refunded(order, while_alive(std::move(answered)));
  }
  void store_card(const card_details& card, std::function<void(card_answer)> answered) override {
    if (*alive_) far_.store_card(card, while_alive(std::move(answered)));
  }
  void method_of(const std::string& customer, std::function<void(card_answer)> answered) override {
    if (*alive_) far_.method_of(customer, while_alive(std::move(answered)));
  }
  void on_report(std::function<void(order_id, charge_answer)> reported) override {
    far_.on_report([alive = alive_, reported = std::move(reported)](order_id order, charge_answer answer) {
      if (*alive) reported(order, std::move(answer));
    });
  }
  bool honours_keys() const override { return far_.honours_keys(); }

 private:
  template <class Answer>
  std::function<void(Answer)> while_alive(std::function<void(Answer)> answered) {
    return [alive = alive_, answered = std::move(answered)](Answer answer) {
      if (*alive) answered(std::move(answer));
    };
  }

  scripted_gateway& far_;
  line_state alive_;
};

class shipment_line final : public carrier {
 public:
  shipment_line(scripted_carrier& far, line_state alive) : far_(far), alive_(std::move(alive)) {}
  void book(const booking_request& request, std::function<void(booking_answer)> answered) override {
    if (!*alive_) return;
    far_.book(request, [alive = alive_, answered = std::move(answered)](booking_answer answer) {
      if (*alive) answered(std::move(answer));
    });
  }

 private:
  scripted_carrier& far_;
  line_state alive_;
};

class mail_line final : public mailer {
 public:
  mail_line(scripted_mailer& far, line_state alive) : far_(far), alive_(std::move(alive)) {}
  std::string deliver(const outgoing_message& message) override { return *alive_ ? far_.deliver(message) : "cut off"; }

 private:
  scripted_mailer& far_;
  line_state alive_;
};

create_request request_of(const order_options& command, timestamp at) {
  place_order place;
  place.source = {"ann", command.tenant, "d4", {}, {}, {}, {}};
  place.who = {"c1", command.email, "Ann", "+1", "1 Main Street"};
  place.money = *find_currency("USD");
  if (command.tracked > 0)
    place.lines = {{{"A"}, "Tea", command.tracked, command.price, true}};
  else
    place.lines = {{{}, "Tea", 1, command.price, false}};
  place.timers = command.timers;
  place.pay_with = command.pay_with;
  place.decline_cancels = command.decline_cancels;
  create_request request{std::move(place), at, command.when, std::nullopt, 0};
  if (!command.key.empty()) request.key = key_claim{"shop/ann/orders", command.key, command.body, {}, at};
  return request;
}

}  // namespace

struct fixture::lines {
  explicit lines(simulated_services& world)
      : payments(world.payments, alive), shipments(world.shipments, alive), mail(world.mail, alive) {}
  line_state alive = std::make_shared<bool>(true);
  payment_line payments;
  shipment_line shipments;
  mail_line mail;
};

fixture::fixture(actor_settings with) : limits(with) {
  db.raw_tables().tenants.emplace(1, "shop");
  start();
}

fixture::~fixture() {
  if (up()) end_actors();
}

// -- the process -------------------------------------------------------------------------------------------------------

void fixture::start(bool resume) {
  lines_ = std::make_unique<lines>(world);
  config_ = std::make_unique<caf::actor_system_config>();
  config_->set("caf.scheduler.policy", "testing");
  sys_ = std::make_unique<caf::actor_system>(*config_);
  flags_ = std::make_shared<process_flags>();
  // Without patience no test waits for a store that was told to be away.
  flags_->stop_waiting = true;
  services_ = start_services(*sys_, db, external_services{lines_->payments, lines_->shipments, lines_->mail}, time, limits, 1,
                             flags_, own_threads::none);
  if (resume) resumer_ = resume_services(*sys_, services_, flags_);
  run();
}

void fixture::cut_off() {
  *lines_->alive = false;
  // Whoever takes the writer's place fences the one that is being killed.
  auto was_down = std::exchange(db.faults().down, false);
  static_cast<void>(db.open_writer(1));
  db.faults().down = was_down;
}

void fixture::crash() {
  if (*lines_->alive) cut_off();
  end_actors();
}

void fixture::stop() {
  end_actors();
  start(false);
}

void fixture::end_actors() {
  auto everyone = actors_of(*services_);
  if (resumer_) everyone.insert(everyone.begin(), std::exchange(resumer_, nullptr));
  for (const auto& one : everyone) caf::anon_send_exit(one, caf::exit_reason::user_shutdown);
  everyone.clear();
  run();
  CHECK(sys_->registry().running() == 0);
  world.payments.on_report([](order_id, charge_answer) {});
  *services_ = services{};
  services_.reset();
  sys_.reset();
  config_.reset();
  lines_.reset();
}

caf::scheduler::test_coordinator& fixture::scheduler() {
  return dynamic_cast<caf::scheduler::test_coordinator&>(sys_->scheduler());
}

// -- time --------------------------------------------------------------------------------------------------------------

bool fixture::prefer_others() {
  auto& jobs = scheduler().jobs;
  const auto* journal = dynamic_cast<caf::resumable*>(caf::actor_cast<caf::abstract_actor*>(services_->journal));
  auto next = std::find_if(jobs.begin(), jobs.end(), [&](const caf::resumable* one) { return one != journal; });
  if (next == jobs.end()) return false;
  std::rotate(jobs.begin(), next, next + 1);
  return true;
}

void fixture::run() {
  run_steps(too_many_steps);
  if (scheduler().has_job()) FAIL("the actors keep each other busy for ever");
}

void fixture::run_up_to_the_journal() {
  while (prefer_others()) scheduler().run_once();
}

void fixture::run_steps(size_t count) {
  for (; count > 0 && scheduler().has_job(); --count) {
    prefer_others();
    scheduler().run_once();
  }
}

void fixture::run_shuffled(std::mt19937_64& chance) {
  auto& jobs = scheduler().jobs;
  for (size_t steps = 0; !jobs.empty(); ++steps) {
    if (steps >= too_many_steps) FAIL("the actors keep each other busy for ever");
    auto next = static_cast<std::ptrdiff_t>(chance() % jobs.size());
    std::rotate(jobs.begin(), jobs.begin() + next, jobs.end());
    scheduler().run_once();
  }
}

void fixture::advance(milliseconds by, milliseconds step) {
  if (step.count() == 0) step = std::max(milliseconds{10}, by / 400);
  for (milliseconds passed{0}; passed < by; passed += step) {
    auto next = std::min(step, by - passed);
    time->advance(next);
    scheduler().advance_time(next);
    run();
  }
}

// -- requests ----------------------------------------------------------------------------------------------------------

asked_order fixture::create(const order_options& command) {
  auto request = request_of(command, time->now());
  auto shard = request.key ? static_cast<int64_t>(hash_of(request.key->scope, request.key->key) % uint64_t{shard_count})
                           : ++next_shard_ % shard_count;
  return this->request<order_reply>(services_->shards[static_cast<size_t>(shard)], std::move(request));
}

asked_order fixture::ask(order_request command) {
  auto to = services_->shard_of(command.order);
  return request<order_reply>(to, std::move(command));
}

asked_order fixture::ask(order_id order, std::optional<order_command> command, answer_when when) {
  order_request request;
  request.order = order;
  request.command = std::move(command);
  request.when = when;
  return ask(std::move(request));
}

asked_order fixture::look_as(order_id order, const principal& who) {
  order_request request;
  request.order = order;
  request.from = who;
  return ask(std::move(request));
}

void fixture::report(order_id order, order_action action) {
  caf::anon_send(services_->shard_of(order), order_report{order, {std::move(action), time->now()}});
}

std::shared_ptr<asked<stock_reply>> fixture::stock(inventory_command command, const std::string& tenant) {
  return request<stock_reply>(tenant_of(tenant).inventory, stock_request{std::move(command), time->now(), std::nullopt});
}

const tenant_entry& fixture::tenant_of(const std::string& name) {
  if (services_->directory->find(name) == nullptr) {
    request<int64_t>(services_->tenants, tenant_atom_v, name);
    run();
  }
  REQUIRE(services_->directory->find(name));
  return *services_->directory->find(name);
}

// -- short ways --------------------------------------------------------------------------------------------------------

void fixture::stock_up(int64_t on_hand, const std::string& tenant) {
  auto done = stock(set_stock{{"A"}, on_hand, "test"}, tenant);
  run();
  REQUIRE(done->reply);
}

order_id fixture::placed(const order_options& command) {
  auto answer = create(command);
  run();
  REQUIRE(answer->reply);
  REQUIRE(answer->reply->now);
  return answer->reply->now->id;
}

order fixture::stored(order_id order) const {
  REQUIRE(db.tables().states.contains(order));
  return decode_state(db.tables().states.at(order).state);
}

stock_level fixture::level(int64_t tenant_number) const {
  auto found = db.tables().stock.find({tenant_number, product_id{"A"}});
  return found == db.tables().stock.end() ? stock_level{} : found->second;
}

std::vector<std::string> fixture::events_of(order_id order) const {
  std::vector<std::string> names;
  auto stream = db.tables().streams.find(stream_of(order).packed());
  if (stream != db.tables().streams.end())
    for (auto place : stream->second) names.emplace_back(name_of_order_event(db.tables().events[place].event.type));
  return names;
}

size_t fixture::count_event(order_id order, const std::string& name) const {
  auto names = events_of(order);
  return static_cast<size_t>(std::count(names.begin(), names.end(), name));
}

}  // namespace orderflow::test
