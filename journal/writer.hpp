// The journal's queue: generations, dependencies and natural batching, the same over every store. No thread, no actor:
// the journal actor feeds it and calls `run_once` whenever something is queued.
//
// Rules, in the order in which they matter:
// * Appends of a stream are queued in sequence; one that does not follow the last queued one is a `conflict` at once.
// * An append without events writes its keys and nothing else, in its place among the stream's appends; it has no position.
// * Opening a stream gives it a new generation; queued appends of older ones fail with `conflict`.
// * An append that fails takes with it all later ones of its stream and generation and all that name it in `after`,
//   transitively. An `after` whose generation is older or unknown fails too.
// * A batch is what is queued when the last one has ended, at most `max_batch` appends. Two claims of one key never share a
//   batch: the later waits and then is a `duplicate`.
// * A rejected batch: the rejected appends and what depends on them fail at once, the rest is tried again. None named: where a
//   rehearsal fails as well it is the store, and the batch is `unavailable`; else it is halved, and an append that fails alone is
//   `broken`.
// * After a failure of the store the next batch is preceded by a rehearsal (journal/rehearsal.hpp); as long as that fails, what
// is
//   queued is `unavailable` at once.
// * An unknown outcome is resolved before anything else happens. Nobody is told anything until then.
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "journal/list_times.hpp"
#include "journal/store.hpp"

namespace orderflow {

/// Metrics of /metrics. Written and read by the journal's thread.
struct writer_metrics {
  uint64_t batches = 0;
  uint64_t appends = 0;
  uint64_t rejected = 0;
  uint64_t unknown_outcomes = 0;
  uint32_t last_batch_size = 0;
  std::chrono::microseconds last_commit{0};
};

/// What the store made of the last thing that it was given to write.
struct store_outcome {
  bool taken = false;
  std::string detail;  ///< Why not.
};

class writer {
 public:
  using append_done = std::function<void(append_outcome)>;
  using open_done = std::function<void(opened_stream)>;
  /// The stream could not be loaded: retryable.
  using open_failed = std::function<void(std::string why)>;

  static constexpr size_t max_batch = 512;
  /// Followers' writes in one batch; each may carry many rows.
  static constexpr size_t max_writes = 64;
  /// How long rows that nobody waits for are kept back for a batch that is written anyway; the caller keeps the time.
  static constexpr std::chrono::milliseconds most_wait{20};
  /// Streams loaded before the next batch: a storm of openings does not keep appends waiting.
  static constexpr size_t max_opens = 256;

  /// A try at the store failed, and may be followed by another: the reason.
  using try_failed = std::function<void(const std::string& why)>;

  /// `keep_waiting`: asked between tries to resolve an unknown outcome or to reach the store; false gives up (drain deadline).
  /// `tell`: told of each try that fails, long before its appends are.
  explicit writer(
      store& under, std::function<bool()> keep_waiting, try_failed tell = [](const std::string&) {});

  /// Queues; `done` is called from `run_once`, or at once for an append that cannot succeed.
  void append(append_request request, append_done done);
  void open(stream_key stream, open_done done, open_failed failed);
  void write(follower_write request, append_done done);
  /// `most_wait` is over for the rows that wait.
  void wait_no_longer() { rows_are_due_ = !writes_.empty(); }
  /// The entity has left memory; its bookkeeping is dropped once nothing of it is queued.
  void close(stream_key stream, generation of);

  /// Makes the next `run_once` write, also where nothing is queued: does the store take writes?
  void probe() { probing_ = true; }
  /// Something failed that is not written through here: the next `run_once` rehearses.
  void doubt();
  /// The store has failed, and no rehearsal has succeeded since.
  [[nodiscard]] bool doubts() const { return doubting_; }

  /// Nothing has to be written now.
  [[nodiscard]] bool idle() const;
  [[nodiscard]] size_t queued() const;
  /// Since when the append waits that has waited longest; nothing: none does.
  [[nodiscard]] std::optional<std::chrono::steady_clock::time_point> oldest() const;
  /// Streams whose entities are in memory.
  [[nodiscard]] size_t open_streams() const { return heads_.size(); }
  /// Loads what is to be opened, then tries one batch. Blocks. Returns false once fenced: nothing is written any more.
  /// Something may still be queued afterwards (more than a batch, or the rest of a rejected one): call again until `idle`.
  /// Callbacks are called when everything is settled and may call any member but this one.
  bool run_once();

  /// Of the last `run_once`; nothing: it gave the store nothing to write, or the fault was in what it gave.
  [[nodiscard]] const std::optional<store_outcome>& outcome() const { return outcome_; }

  /// Why nothing is written any more; empty: it is.
  [[nodiscard]] const std::string& fenced_because() const { return fenced_because_; }

  [[nodiscard]] const writer_metrics& figures() const { return metrics_; }

 private:
  struct head {
    generation of = no_generation;
    uint64_t tail = 0;         ///< Sequence number of the last queued event.
    uint64_t failed_from = 0;  ///< First sequence number lost; 0 = none. Later appends and dependants fail.
    uint32_t queued = 0;
    bool closed = false;
  };
  struct stream_hash {
    size_t operator()(const stream_key& key) const { return std::hash<int64_t>{}(key.packed()); }
  };
  struct entry {
    append_request request;
    uint64_t key_hash = 0;
    append_done done;
    [[nodiscard]] uint64_t first_seq() const { return request.expected_seq + 1; }
  };
  struct open_entry {
    stream_key stream;
    open_done done;
    open_failed failed;
  };
  struct write_entry {
    follower_write request;
    append_done done;
  };
  /// A callback and what it will be told.
  struct answer {
    append_done done;
    append_outcome outcome;
  };
  /// All of a stream's generation from a sequence number on is lost. The append that begins there is told `outcome`.
  struct loss {
    generation of = no_generation;
    uint64_t from = 0;
    append_outcome outcome;
    const append_request* itself = nullptr;
  };
  using losses = std::unordered_map<stream_key, loss, stream_hash>;

  /// What the next batch is made of. After a rejection that names nobody, appends and writes take turns, so that neither can
  /// hold up the other for ever.
  enum class turn : uint8_t { both = 1, appends = 2, writes = 3 };

  /// The part of the queues that is in the store's hands. `chosen` are places in `queue_`, ascending.
  struct chosen_work {
    std::vector<size_t> chosen;
    size_t writes = 0;
    batch work;
  };

  [[nodiscard]] std::string why_not(const append_request& request, head* at) const;
  [[nodiscard]] bool cause_holds(const cause& after) const;
  void load_opens();
  void answer_opens(std::vector<open_entry>& opens, const std::vector<generation>& given);
  [[nodiscard]] std::vector<opened_stream> load_twice(const std::vector<stream_key>& streams);

  [[nodiscard]] chosen_work choose();
  void choose_without_shared_keys(std::vector<size_t>& chosen) const;
  [[nodiscard]] batch_outcome attempt(const batch& work);
  [[nodiscard]] batch_outcome rehearse();
  [[nodiscard]] batch_outcome commit_until_known(const batch& work, std::chrono::milliseconds timeout);
  [[nodiscard]] batch_outcome resolve_until_known(const batch& work);

  void judge(const batch_outcome& outcome);
  void settle_committed(chosen_work& taken, batch_outcome& outcome);
  void settle_rejected(const chosen_work& taken, batch_outcome& outcome);
  void settle_unnamed(const chosen_work& taken, const std::string& detail);
  void settle_lost(const chosen_work& taken, const append_outcome& outcome);
  void settle_fenced(const chosen_work& taken, const batch_outcome& outcome);

  void lose(losses& lost, const append_request& request, append_outcome outcome) const;
  void drop(losses& lost, std::vector<answer>& answers);
  void take_writes(size_t count, const append_outcome& outcome, std::vector<answer>& answers);
  void leave_queue(const append_request& request);
  static void tell(std::vector<answer>& answers);

  store& under_;
  std::function<bool()> keep_waiting_;
  try_failed tell_failed_try_;
  std::unordered_map<stream_key, head, stream_hash> heads_;
  std::deque<entry> queue_;
  std::deque<open_entry> opens_;
  std::deque<write_entry> writes_;
  generation last_generation_ = no_generation;
  size_t limit_ = max_batch;         ///< Appends in the next batch: halved while no append is named as rejected.
  size_t write_limit_ = max_writes;  ///< The same for followers' writes.
  turn turn_ = turn::both;
  list_times times_;
  bool doubting_ = false;  ///< The store failed last: before anything else is written it has to pass a rehearsal.
  bool probing_ = false;
  bool rows_are_due_ = false;  ///< Somebody waits for one of `writes_`, or they have waited long enough.
  std::optional<store_outcome> outcome_;
  bool fenced_ = false;
  std::string fenced_because_;
  writer_metrics metrics_;
};

}  // namespace orderflow
