// A store in memory that does what it is told, for the paths of the queue that a real one seldom takes.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <set>
#include <vector>

#include "journal/store.hpp"

namespace orderflow::test {

class scripted_store final : public store {
 public:
  /// Answers of the next commits; when used up, commits are judged as a real store would.
  std::deque<batch_status> answers;
  /// Answers of the next resolves; when used up: whether the batch is there.
  std::deque<resolution> resolutions;
  /// The next loads fail.
  int failing_loads = 0;
  /// What makes a real store refuse without naming anybody.
  std::function<bool(const append_request&)> refuses = [](const append_request&) { return false; };
  std::function<bool(const follower_write&)> refuses_write = [](const follower_write&) { return false; };
  /// Only rehearsals fail.
  bool refuses_rehearsals = false;
  /// A batch whose answer is `unknown` is written nevertheless.
  bool unknown_is_written = false;

  std::vector<size_t> batch_sizes;      ///< Of every commit tried.
  std::vector<bool> rehearsals;         ///< Of the same.
  std::vector<size_t> load_sizes;       ///< Of every load.
  std::vector<append_request> written;  ///< In the order of their positions.
  std::map<stream_key, uint64_t> tails;
  std::map<std::string, key_claim> keys;
  std::vector<std::string> sinks;  ///< Of every follower's write.

  [[nodiscard]] batch_outcome commit(const batch& work) override {
    batch_sizes.push_back(work.appends.size());
    rehearsals.push_back(work.rehearsal);
    if (work.rehearsal && refuses_rehearsals) return {batch_status::unavailable, {}, {}, "as scripted"};
    auto answer = batch_status::committed;
    if (!answers.empty()) {
      answer = answers.front();
      answers.pop_front();
    }
    if (answer == batch_status::unknown && unknown_is_written) static_cast<void>(judge(work));
    if (answer != batch_status::committed) return {answer, {}, {}, "as scripted"};
    return judge(work);
  }

  [[nodiscard]] resolution resolve(const batch& work, std::vector<position>& positions) override {
    if (!resolutions.empty()) {
      const auto answer = resolutions.front();
      resolutions.pop_front();
      if (answer != resolution::committed) return answer;
    }
    positions.clear();
    for (const auto* each : work.appends) {
      if (tails[each->stream] < each->expected_seq + each->events.size()) return resolution::not_committed;
      positions.push_back({1, 0});
    }
    return resolution::committed;
  }

  [[nodiscard]] std::vector<opened_stream> load(std::span<const stream_key> streams) override {
    load_sizes.push_back(streams.size());
    if (failing_loads > 0) {
      --failing_loads;
      throw store_error{"the store is away"};
    }
    std::vector<opened_stream> loaded(streams.size());
    for (size_t i = 0; i < streams.size(); ++i) loaded[i].seq = tails[streams[i]];
    return loaded;
  }

  [[nodiscard]] int64_t number_of_tenant(const std::string&) override { return 1; }
  [[nodiscard]] id_block reserve_ids(uint32_t shard, uint32_t count) override { return {shard, count}; }

 private:
  batch_outcome judge(const batch& work) {
    batch_outcome outcome{batch_status::committed, {}, {}, {}};
    auto now = tails;
    std::set<std::string> in_batch;
    bool refused = false;
    for (size_t i = 0; i < work.appends.size(); ++i) {
      const auto& each = *work.appends[i];
      if (each.key && keys.contains(each.key->key)) {
        outcome.rejected.push_back({i, append_status::duplicate, keys[each.key->key], "key"});
      } else if (now[each.stream] != each.expected_seq) {
        outcome.rejected.push_back({i, append_status::conflict, std::nullopt, "stream"});
      }
      if (each.key && !in_batch.insert(each.key->key).second) refused = true;
      now[each.stream] = each.expected_seq + each.events.size();
      refused = refused || refuses(each);
    }
    for (const auto* each : work.writes) refused = refused || refuses_write(*each);
    if (refused || !outcome.rejected.empty()) {
      outcome.status = batch_status::rejected;
      outcome.detail = "refused";
      return outcome;
    }
    for (const auto* each : work.appends) {
      if (each->key) keys[each->key->key] = *each->key;
      written.push_back(*each);
      outcome.positions.push_back({written.size(), 0});
    }
    for (const auto* each : work.writes) sinks.push_back(each->sink);
    tails = now;
    return outcome;
  }
};

}  // namespace orderflow::test
