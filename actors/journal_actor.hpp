// The journal's thread: feeds journal/writer.hpp and lets it commit. Spawned detached.
#pragma once

#include <atomic>

#include "actors/metrics.hpp"
#include "journal/writer.hpp"
#include "messages/interfaces.hpp"

namespace orderflow {

struct journal_state {
  static inline const char* name = "orderflow.journal";

  /// `stop_waiting`: set by the guardian when the drain's deadline has passed and the store still does not answer.
  journal_state(journal_actor::pointer self, std::shared_ptr<store> under, std::shared_ptr<metrics> figures,
                std::shared_ptr<const std::atomic<bool>> stop_waiting);

  journal_actor::behavior_type make_behavior();

 private:
  caf::result<append_outcome> append(append_request& request);
  caf::result<opened_stream> open(stream_key stream);
  void close(stream_key stream, generation of);
  caf::result<append_outcome> write(follower_write& request);
  caf::result<id_block> reserve(uint32_t shard, uint32_t count);
  caf::result<int64_t> number_of(const std::string& tenant);
  void look();
  void took_write();
  void write_within(std::chrono::milliseconds most_wait);
  void doubt();
  void wake();
  void commit(uint64_t of);
  bool run_once();
  void stop_writing();
  void note_metrics();

  journal_actor::pointer self_;
  std::shared_ptr<store> under_;
  std::shared_ptr<metrics> metrics_;
  writer writer_;
  writer_metrics noted_;
  uint64_t wake_ = 0;  ///< Number of the commit message under way; stale ones are ignored.
  bool woken_ = false;
  bool write_is_planned_ = false;
  std::chrono::steady_clock::time_point last_write_{};
};

}  // namespace orderflow
