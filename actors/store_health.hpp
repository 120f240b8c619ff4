// Whether the store takes writes, as the journal's thread sees it, also while that waits for an answer that does not come.
// Thread rule: told by the journal's thread, asked by any.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <string>

namespace orderflow {

class store_health {
 public:
  using steady = std::chrono::steady_clock;

  /// Every so often the journal writes something, if nobody else has had it write. Together with `hangs_after` this is how late
  /// an outage is known at most: 2 s.
  static constexpr std::chrono::milliseconds probe_every{500};
  /// A store that has kept us waiting for so long is away; what it holds may still turn out well.
  static constexpr std::chrono::milliseconds hangs_after{1400};

  /// The store has been given work.
  void begins() { begun_.store(now()); }
  void ends() { begun_.store(nothing); }
  void took_write() {
    last_taken_.store(now());
    lost_since_.store(nothing);
  }
  void refused_write(std::string why) {
    reason_.store(std::make_shared<const std::string>(std::move(why)));
    const auto begun = begun_.load();
    if (lost_since_.load() == nothing) lost_since_.store(begun == nothing ? now() : begun);
  }

  [[nodiscard]] bool took_write_lately() const { return lost_since_.load() == nothing && age_of(last_taken_) < probe_every; }

  [[nodiscard]] bool away() const { return lost_since_.load() != nothing || hangs(); }
  /// How long it has been away; zero: it is not.
  [[nodiscard]] std::chrono::milliseconds away_for() const {
    if (lost_since_.load() != nothing) return age_of(lost_since_);
    return hangs() ? age_of(begun_) : std::chrono::milliseconds{0};
  }
  /// A sentence for operators; may name hosts and files.
  [[nodiscard]] std::string reason() const {
    const auto told = reason_.load();
    return lost_since_.load() != nothing && told
               ? *told
               : "the store has not answered for " + std::to_string(age_of(begun_).count()) + " ms";
  }

 private:
  static constexpr steady::rep nothing = 0;

  static steady::rep now() { return steady::now().time_since_epoch().count(); }
  static std::chrono::milliseconds age_of(const std::atomic<steady::rep>& since) {
    const auto at = since.load();
    if (at == nothing) return std::chrono::milliseconds{0};
    const auto age = steady::now().time_since_epoch() - steady::duration{at};
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::max(age, steady::duration::zero()));
  }
  [[nodiscard]] bool hangs() const { return age_of(begun_) >= hangs_after; }

  std::atomic<steady::rep> begun_{nothing};
  std::atomic<steady::rep> last_taken_{nothing};
  std::atomic<steady::rep> lost_since_{nothing};
  std::atomic<std::shared_ptr<const std::string>> reason_;
};

}  // namespace orderflow
