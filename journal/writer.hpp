// The journal's queue: generations, dependencies and natural batching, the same over every store. No thread, no actor:
// the journal actor feeds it and calls `run_once` whenever something is queued.
//
// Rules, in the order in which they matter:
// * Appends of a stream are queued in sequence; one that does not follow the last queued one is a `conflict` at once.
// * Opening a stream gives it a new generation; queued appends of older ones fail with `conflict`.
// * An append that fails takes with it all later ones of its stream and generation and all that name it in `after`,
//   transitively. An `after` whose generation is older or unknown fails too.
// * A batch is what is queued when the last one has ended, at most `max_batch` appends. Two claims of one key never share a
//   batch: the later waits and then is a `duplicate`.
// * A rejected batch: the guilty and what hangs on them fail at once, the rest is tried again. Nobody guilty: it is halved;
//   an append that fails alone is `broken`.
// * An unknown outcome is resolved before anything else happens. Nobody is told anything until then.
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <unordered_map>

#include "journal/store.hpp"

namespace orderflow {

/// Figures for /metrics. Written and read by the journal's thread.
struct writer_figures {
  uint64_t batches = 0;
  uint64_t appends = 0;
  uint64_t events = 0;
  uint64_t rejected = 0;
  uint64_t unknown_outcomes = 0;
  uint32_t last_batch_size = 0;
  std::chrono::microseconds last_commit{0};
  std::chrono::microseconds last_queue_delay{0};  ///< Oldest entry of the last batch, from enqueue to commit start.
};

class writer {
 public:
  using append_done = std::function<void(append_outcome)>;
  using open_done = std::function<void(opened_stream)>;
  /// The stream could not be loaded: retryable.
  using open_failed = std::function<void(std::string why)>;

  static constexpr size_t max_batch = 512;

  /// `keep_waiting`: asked between tries to resolve an unknown outcome or to reach the store; false gives up (drain deadline).
  writer(store& under, std::function<bool()> keep_waiting);

  /// Queues; `done` is called from `run_once`, or at once for an append that cannot succeed.
  void append(append_request request, append_done done);
  void open(stream_key stream, open_done done, open_failed failed);
  void write(follower_write request, append_done done);
  /// The entity has left memory; its bookkeeping is dropped once nothing of it is queued.
  void close(stream_key stream, generation of);

  [[nodiscard]] bool idle() const;
  [[nodiscard]] size_t queued() const;
  /// Loads what is to be opened, then commits one batch. Blocks. Returns false once fenced: nothing is written any more.
  bool run_once();

  [[nodiscard]] const writer_figures& figures() const { return figures_; }

 private:
  struct head {
    generation of = newborn;
    uint64_t tail = 0;          ///< Sequence number of the last queued event.
    uint64_t failed_from = 0;   ///< First sequence number lost; 0 = none. Later appends and dependants fail.
    uint32_t queued = 0;
    bool closed = false;
  };
  struct stream_hash {
    size_t operator()(const stream_key& key) const { return std::hash<int64_t>{}(key.packed()); }
  };
  struct entry {
    append_request request;
    append_done done;
    std::chrono::steady_clock::time_point since;
  };

  store& under_;
  std::function<bool()> keep_waiting_;
  std::unordered_map<stream_key, head, stream_hash> heads_;
  std::deque<entry> queue_;
  struct open_entry { stream_key stream; open_done done; open_failed failed; };
  std::vector<open_entry> opens_;
  struct write_entry { follower_write request; append_done done; };
  std::deque<write_entry> writes_;
  generation last_generation_ = newborn;
  bool fenced_ = false;
  writer_figures figures_;
  // The implementer adds private functions as needed.
};

}  // namespace orderflow
