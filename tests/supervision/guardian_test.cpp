// The guardian as it runs in production: actors with threads of their own over SQLite.
#include <catch2/catch_test_macros.hpp>

#include <filesystem>
#include <thread>

#include "base/clock.hpp"
#include "codec/order_json.hpp"
#include "supervision/guardian.hpp"
#include "tests/sim/simulated_services.hpp"

namespace orderflow::test {

namespace {

using std::chrono::seconds;

class directory {
 public:
  directory() : path_(std::filesystem::temp_directory_path() / ("orderflow-guardian-" + std::to_string(::getpid()))) {
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
  }
  ~directory() { std::filesystem::remove_all(path_); }
  directory(const directory&) = delete;
  directory& operator=(const directory&) = delete;
  [[nodiscard]] std::string url() const { return "sqlite:" + (path_ / "orderflow.db").string(); }

 private:
  std::filesystem::path path_;
};

/// A gateway that many threads may call; it captures at once, or never answers.
class plain_gateway final : public payment_gateway {
 public:
  void charge(const charge_request& request, std::function<void(charge_answer)> answered) override {
    if (answers) answered({request.key, charge_status::captured, "t-" + request.key, request.amount, {}});
  }
  void query(const std::string& key, order_id, std::function<void(charge_answer)> answered) override {
    if (answers) answered({key, charge_status::not_found, {}, 0, {}});
  }
  void refund(const refund_request&, std::function<void(refund_answer)>) override {}
  void refunded(order_id, std::function<void(refund_answer)>) override {}
  void store_card(const card_details&, std::function<void(card_answer)>) override {}
  void method_of(const std::string&, std::function<void(card_answer)>) override {}
  void on_report(std::function<void(order_id, charge_answer)>) override {}
  bool honours_keys() const override { return true; }
  std::atomic<bool> answers{true};
};

/// Counts: the fakes of the simulator are for one thread only.
class plain_mailer final : public mailer {
 public:
  std::string deliver(const outgoing_message&) override {
    ++delivered;
    return {};
  }
  std::atomic<int> delivered{0};
};

struct process {
  explicit process(const std::string& url) {
    caf::core::init_global_meta_objects();
    caf::init_global_meta_objects<caf::id_block::orderflow>();
    config.set("caf.scheduler.policy", "sharing").set("caf.scheduler.max-threads", 2);
    db = make_database(url);
    db->migrate();
    sys = std::make_unique<caf::actor_system>(config);
    actors = std::make_unique<guardian>(*sys, *db, external_services{payments, shipments, mail},
                                        std::make_shared<machine_clock>(), actor_settings{});
  }
  ~process() { actors.reset(); }

  [[nodiscard]] create_request paid_order() const {
    place_order place;
    place.source = {"ann", "shop", "d4", {}, {}, {}, {}};
    place.who.email = "ann@x.org";
    place.money = *find_currency("USD");
    place.lines = {{{}, "Tea", 1, 100, false}};
    place.pay_with = "ok";
    return {place, machine_clock{}.now(), answer_when::settled, std::nullopt, 0};
  }

  plain_gateway payments;
  scripted_carrier shipments;
  plain_mailer mail;
  caf::actor_system_config config;
  std::unique_ptr<database> db;
  std::unique_ptr<caf::actor_system> sys;
  std::unique_ptr<guardian> actors;
};

template <class Condition>
bool eventually(Condition holds) {
  auto deadline = std::chrono::steady_clock::now() + seconds{20};
  while (!holds() && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  return holds();
}

}  // namespace

TEST_CASE("orders are paid over SQLite with every actor on its own thread, and a drain leaves all of it stored") {
  directory where;
  constexpr int count = 500;
  {
    process one{where.url()};
    one.actors->resume();
    caf::scoped_actor me{*one.sys};
    for (int i = 0; i < count; ++i)
      me->send(one.actors->running()->shards[static_cast<size_t>(i % shard_count)], one.paid_order());
    auto paid = one.actors->running()->figures->orders_by_status[static_cast<size_t>(order_status::paid)];
    CHECK(eventually([&] { return paid->value() == count; }));
    CHECK(eventually([&] { return one.actors->resumed(); }));
    CHECK(eventually([&] { return one.mail.delivered >= count; }));
    one.actors->drain(seconds{5});
    CHECK_FALSE(one.actors->fenced());
    CHECK_FALSE(one.actors->broken());
  }
  process two{where.url()};
  auto look = two.db->open_reader();
  CHECK(look->count_by_status()[static_cast<size_t>(order_status::paid)] == count);
  for (const auto& one : look->scan_orders(order_id{0}, count)) CHECK(decode_state(one.state).status == order_status::paid);
}

TEST_CASE("a drain ends everything while payments hang and orders are on their way, and the next process goes on") {
  directory where;
  {
    process one{where.url()};
    one.payments.answers = false;
    one.actors->resume();
    caf::scoped_actor me{*one.sys};
    for (int i = 0; i < 300; ++i) me->send(one.actors->running()->shards[static_cast<size_t>(i % shard_count)], one.paid_order());
    auto processing = one.actors->running()->figures->orders_by_status[static_cast<size_t>(order_status::payment_processing)];
    CHECK(eventually([&] { return processing->value() > 50; }));
    one.actors->drain(seconds{5});
  }
  process two{where.url()};
  auto look = two.db->open_reader();
  auto stored = look->count_orders({});
  CHECK(stored > 50);
  two.actors->resume();
  auto paid = two.actors->running()->figures->orders_by_status[static_cast<size_t>(order_status::paid)];
  CHECK(eventually([&] { return paid->value() == static_cast<int64_t>(stored); }));
  CHECK(eventually([&] { return two.actors->resumed(); }));
}

TEST_CASE("a drain in the midst of resuming ends the resumer too") {
  directory where;
  {
    process one{where.url()};
    one.payments.answers = false;
    caf::scoped_actor me{*one.sys};
    for (int i = 0; i < 2000; ++i)
      me->send(one.actors->running()->shards[static_cast<size_t>(i % shard_count)], one.paid_order());
    auto processing = one.actors->running()->figures->orders_by_status[static_cast<size_t>(order_status::payment_processing)];
    CHECK(eventually([&] { return processing->value() == 2000; }));
  }
  process two{where.url()};
  two.payments.answers = false;
  two.actors->resume();
  two.actors->drain(seconds{5});
  CHECK_FALSE(two.actors->broken());
}

}  // namespace orderflow::test
