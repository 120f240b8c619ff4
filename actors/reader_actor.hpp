// A thread with a connection of its own for questions to the store. Spawned detached.
#pragma once

#include "actors/metrics.hpp"
#include "journal/store.hpp"
#include "messages/interfaces.hpp"

namespace orderflow {

/// A reader that requests wait for: what it reads for them, and who is told whether it can.
struct watched_reads {
  std::shared_ptr<metrics> figures;
  connection_health* health = nullptr;  ///< One of the figures'.
  void (reader::*check)() = nullptr;    ///< Reads the same tables. While that fails, every question fails at once.
};

struct reader_state {
  static inline const char* name = "orderflow.reader";

  reader_state(reader_actor::pointer self, std::shared_ptr<reader> from, std::optional<watched_reads> watched = std::nullopt);

  reader_actor::behavior_type make_behavior();

 private:
  caf::result<void> run(read_task& task);
  void read_watched(read_task& task);
  void try_again(read_task& task);
  void check();
  void fails(std::string why);
  void look();
  void look_again();

  reader_actor::pointer self_;
  std::shared_ptr<reader> from_;
  std::optional<watched_reads> watched_;
  std::optional<std::string> failing_;  ///< Why the last check failed.
  bool looking_ = false;                ///< The next look is on its way.
};

}  // namespace orderflow
