// Whether the store takes writes, as the journal's thread sees it, also while that waits for an answer that does not come.
// Whoever saw the store away finds that outage noted as the last one once it has ended; so does who looked too late to see it.
// Thread rule: told by the journal's thread, asked by any.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace orderflow {

/// A time without writes that has ended.
struct store_outage {
  uint64_t number = 0;  ///< Counted from 1 since the start; 0: there was none.
  std::chrono::steady_clock::time_point since;
  std::chrono::steady_clock::time_point until;
  std::string reason;  ///< A sentence for operators; may name hosts and files.
};

class store_health {
 public:
  using steady = std::chrono::steady_clock;

  /// Every so often the journal writes something, if nobody else has had it write. Together with `hangs_after` this is how late
  /// an outage is known at most: 2 s.
  static constexpr std::chrono::milliseconds probe_every{500};
  /// A store that has kept us waiting for so long is away; what it holds may still turn out well.
  static constexpr std::chrono::milliseconds hangs_after{1400};

  /// The store has been given work.
  void begins() {
    if (lost_since_.load() == nothing) reason_.store(nullptr);
    begun_.store(now());
  }
  /// It has answered. A refusal lasts until a write is taken.
  void ends() {
    const auto begun = begun_.exchange(nothing);
    if (lost_since_.load() == nothing && is_too_long(begun)) note(begun);
  }
  void took_write() {
    const auto begun = begun_.exchange(nothing);
    const auto lost = lost_since_.exchange(nothing);
    last_taken_.store(now());
    if (lost != nothing || is_too_long(begun)) note(lost != nothing ? lost : begun);
  }
  /// A try did not succeed; the work is still under way, and tried again. Should that take too long, this is the reason.
  void try_failed(const std::string& why) { reason_.store(std::make_shared<const std::string>(why)); }
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
  [[nodiscard]] std::string reason() const { return reason_after(age_of(begun_)); }

  /// The last one that has ended. Asked before `away`, it is never the one that `away` sees.
  [[nodiscard]] store_outage last_outage() const {
    const auto noted = last_outage_.load();
    return noted ? *noted : store_outage{};
  }

 private:
  static constexpr steady::rep nothing = 0;

  static steady::rep now() { return steady::now().time_since_epoch().count(); }
  static std::chrono::milliseconds age_of(steady::rep since) {
    if (since == nothing) return std::chrono::milliseconds{0};
    const auto age = steady::now().time_since_epoch() - steady::duration{since};
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::max(age, steady::duration::zero()));
  }
  static bool is_too_long(steady::rep begun) { return age_of(begun) >= hangs_after; }

  /// Only what is still under way after its age was read: then whoever ends it finds it no younger, and notes it.
  [[nodiscard]] bool hangs() const {
    const auto begun = begun_.load();
    return is_too_long(begun) && begun_.load() == begun;
  }

  [[nodiscard]] std::string reason_after(std::chrono::milliseconds waited) const {
    const auto told = reason_.load();
    return told ? *told : "the store has not answered for " + std::to_string(waited.count()) + " ms";
  }

  void note(steady::rep since) {
    store_outage ended{last_outage().number + 1, steady::time_point{steady::duration{since}}, steady::now(),
                       reason_after(age_of(since))};
    last_outage_.store(std::make_shared<const store_outage>(std::move(ended)));
  }

  std::atomic<steady::rep> begun_{nothing};
  std::atomic<steady::rep> last_taken_{nothing};
  std::atomic<steady::rep> lost_since_{nothing};
  std::atomic<std::shared_ptr<const std::string>> reason_;
  std::atomic<std::shared_ptr<const store_outage>> last_outage_;
};

}  // namespace orderflow
