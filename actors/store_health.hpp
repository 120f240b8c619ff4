// Whether the store can be used: what the threads see of it that requests wait for, taken together. Writing needs the journal and
// the look-ups of keys; reading needs the look-ups of orders.
// Thread rule: each part is told by its own thread; asked by any.
#pragma once

#include <array>
#include <vector>

#include "actors/connection_health.hpp"

namespace orderflow {

class store_health {
 public:
  /// Readers that look for keys.
  static constexpr size_t key_readers = 4;

  connection_health journal;
  std::array<connection_health, key_readers> key_lookups;
  connection_health lookups;

  /// Keyed orders cannot be taken.
  [[nodiscard]] bool away() const { return worst() != nullptr; }
  /// How long it has been away; zero: it is not.
  [[nodiscard]] std::chrono::milliseconds away_for() const {
    const auto* at = worst();
    return at == nullptr ? std::chrono::milliseconds{0} : at->away_for();
  }
  /// A sentence for operators; may name hosts and files.
  [[nodiscard]] std::string reason() const {
    const auto* at = worst();
    return at == nullptr ? std::string{} : at->reason();
  }

  /// What is not in memory cannot be read either. Where the journal hangs, so do others until they have proved that they do not.
  [[nodiscard]] bool unreadable() const {
    if (!away()) return false;
    return lookups.away() || (journal.hangs() && !lookups.worked_since_hanging_of(journal));
  }

  /// The last outages that have ended, as each thread saw them. Asked before `away`, they are never those that `away` sees.
  [[nodiscard]] std::vector<store_outage> last_outages() const {
    std::vector<store_outage> found{journal.last_outage()};
    for (const auto& each : key_lookups) found.push_back(each.last_outage());
    return found;
  }

 private:
  /// Of those that writing needs, the one that has been away longest.
  [[nodiscard]] const connection_health* worst() const {
    const connection_health* found = journal.away() ? &journal : nullptr;
    for (const auto& each : key_lookups)
      if (each.away() && (found == nullptr || each.away_for() > found->away_for())) found = &each;
    return found;
  }
};

}  // namespace orderflow
