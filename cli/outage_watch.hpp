// Says in the log when the store is lost and back, and when overload begins and ends: one line each, with the figures that an
// alert needs. Looks at what others count; whoever is in trouble has no time to tell. Thread rule: one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "actors/connection_health.hpp"

namespace orderflow {

/// What is counted elsewhere; all of it grows or is read anew for each look.
struct outage_signs {
  std::vector<store_outage> last_outages;  ///< The last ones that have ended, by thread; asked before what is away now.
  bool store_away = false;
  std::chrono::milliseconds store_away_for{0};
  std::string store_reason;         ///< Meaningful while it is away.
  uint64_t refused_store_away = 0;  ///< Since the start.
  uint64_t refused_overloaded = 0;  ///< Since the start.
};

class outage_watch {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  /// Without a refusal for so long, an overload has ended.
  static constexpr std::chrono::seconds overload_ends_after{3};

  void look(const outage_signs& now, time_point at);

 private:
  struct trouble {
    time_point since;
    uint64_t refused_before = 0;
  };

  [[nodiscard]] std::optional<store_outage> ended_since(const std::vector<store_outage>& last);
  void look_at_store(const outage_signs& now, time_point at);
  void store_lost(time_point since, time_point until, const std::string& reason);
  void look_at_load(const outage_signs& now, time_point at);

  std::optional<trouble> store_;     ///< The outage that was told and has not ended.
  std::vector<uint64_t> ended_;      ///< By thread, the last outage whose end was seen. Several between two looks count as one.
  uint64_t refused_while_well_ = 0;  ///< Of refused_store_away, at the last look that found the store there.
  std::optional<trouble> load_;
  time_point last_refusal_{};
  uint64_t last_overloaded_ = 0;
};

}  // namespace orderflow
