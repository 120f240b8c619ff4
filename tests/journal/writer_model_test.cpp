// Random histories of the queue: whatever is queued, opened, closed, lost or refused, what is written makes sense.
#include <rapidcheck.h>
#include <catch2/catch_test_macros.hpp>
#include <map>
#include <set>
#include <utility>

#include "journal/writer.hpp"
#include "tests/journal/samples.hpp"
#include "tests/journal/scripted_store.hpp"

namespace orderflow::test {
namespace {

/// Which append it was: written into its event, so that the store's content leads back to it.
struct known_append {
  append_request request;
  std::optional<append_status> told;
  std::optional<size_t> cause;  ///< Number of the append that it names in `after`.
};

/// Drives the queue at random, as actors would that decide on what they believe their stream to be.
class random_history {
 public:
  void step() {
    switch (*rc::gen::inRange(0, 12)) {
      case 0: open(stream()); break;
      case 1: close(stream()); break;
      case 2: journal_.run_once(); break;
      case 3: trouble(); break;
      case 4: poison_.insert(*rc::gen::inRange<size_t>(0, 300)); break;
      default: append(stream()); break;
    }
  }

  void finish() {
    store_.answers.clear();
    store_.resolutions.clear();
    for (int rounds = 0; !journal_.idle(); ++rounds) {
      RC_ASSERT(rounds < 10'000);
      journal_.run_once();
    }
  }

  void check() const {
    std::map<size_t, size_t> place;
    std::map<stream_key, uint64_t> tails;
    std::set<std::string> keys;
    for (const auto& each : store_.written) {
      const auto number = number_of(each);
      RC_ASSERT(place.emplace(number, place.size()).second);  // Nothing is written twice.
      RC_ASSERT(tails[each.stream] == each.expected_seq);     // Gapless and in order.
      tails[each.stream] = each.expected_seq + each.events.size();
      if (each.key) RC_ASSERT(keys.insert(each.key->key).second);
      if (const auto cause = known_[number].cause) RC_ASSERT(place.contains(*cause));  // No effect without its cause.
    }
    for (size_t number = 0; number < known_.size(); ++number) {
      RC_ASSERT(known_[number].told.has_value());                                              // Everybody is told,
      RC_ASSERT((known_[number].told == append_status::committed) == place.contains(number));  // and told the truth.
    }
  }

 private:
  static size_t number_of(const append_request& request) { return std::stoul(request.events.front().body); }

  static stream_key stream() { return stream_of({*rc::gen::inRange<int64_t>(1, 6)}); }

  void append(stream_key to) {
    auto& at = believed_[to];
    auto request = order_append(to.id, at.seq, at.of, *rc::gen::inRange<size_t>(1, 3));
    // A shell that lost count: rare, and never written.
    if (*rc::gen::inRange(0, 15) == 0) request.expected_seq += 1;
    const auto number = known_.size();
    request.events.front().body = std::to_string(number);
    if (*rc::gen::inRange(0, 4) == 0) request = with_key(std::move(request), std::to_string(*rc::gen::inRange(0, 12)));
    known_append known;
    if (!known_.empty() && *rc::gen::inRange(0, 3) == 0) {
      const auto by = *rc::gen::inRange<size_t>(known_.size() > 8 ? known_.size() - 8 : 0, known_.size());
      if (known_[by].request.stream != to) {
        request.after = cause_of(known_[by].request);
        known.cause = by;
      }
    }
    at.seq = request.expected_seq + request.events.size();
    known.request = request;
    known_.push_back(std::move(known));
    journal_.append(std::move(request), [this, number](const append_outcome& outcome) {
      RC_ASSERT(!known_[number].told.has_value());
      known_[number].told = outcome.status;
      // As the shell does: what it believed is worth nothing any more.
      if (outcome.status != append_status::committed && *rc::gen::inRange(0, 2) == 0) open(known_[number].request.stream);
    });
  }

  void open(stream_key what) {
    journal_.open(
        what,
        [this, what](const opened_stream& loaded) {
          believed_[what] = {loaded.of, loaded.seq};
        },
        [](const std::string&) { RC_FAIL("the store was never away for loading"); });
  }

  void close(stream_key what) { journal_.close(what, believed_[what].of); }

  void trouble() {
    switch (*rc::gen::inRange(0, 3)) {
      case 0: store_.answers.push_back(batch_status::unavailable); break;
      case 1:
        store_.answers.push_back(batch_status::unknown);
        store_.unknown_is_written = *rc::gen::arbitrary<bool>();
        break;
      default: store_.answers.push_back(batch_status::rejected); break;  // Nobody is named: the batch is halved.
    }
  }

  struct belief {
    generation of = no_generation;
    uint64_t seq = 0;
  };

  std::set<size_t> poison_;
  std::vector<known_append> known_;
  std::map<stream_key, belief> believed_;
  scripted_store store_ = [this] {
    scripted_store made;
    made.refuses = [this](const append_request& request) { return poison_.contains(number_of(request)); };
    return made;
  }();
  // No patience: pauses would make the test slow, and giving up at once is the harder case.
  writer journal_{store_, [] { return false; }};
};

}  // namespace

TEST_CASE("in any history no effect is written without its cause, streams are gapless and everybody is told the truth",
          "[writer][model]") {
  CHECK(rc::check([] {
    random_history history;
    const auto steps = *rc::gen::inRange(1, 150);
    for (int i = 0; i < steps; ++i) history.step();
    history.finish();
    history.check();
  }));
}

}  // namespace orderflow::test
