// Whether the store does what one thread wants of it, as that thread sees it, also while it waits for an answer that does not
// come. Whoever saw the store away finds that outage noted as the last one once it has ended; so does who looked too late to see
// it. Thread rule: told by that one thread, asked by any.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace orderflow {

/// A time without a store that has ended.
struct store_outage {
  uint64_t number = 0;  ///< Counted from 1 since the start; 0: there was none.
  std::chrono::steady_clock::time_point since;
  std::chrono::steady_clock::time_point until;
  std::string reason;  ///< A sentence for operators; may name hosts and files.
};

class connection_health {
 public:
  using steady = std::chrono::steady_clock;

  /// Every so often the journal writes something, if nobody else has had it write, and a reader that failed reads something.
  /// Together with `hangs_after` this is how late an outage is known at most: 2 s.
  static constexpr std::chrono::milliseconds probe_every{500};
  /// A store that has kept us waiting for so long is away; what it holds may still turn out well.
  static constexpr std::chrono::milliseconds hangs_after{1400};

  /// The store has been given work.
  void begins() {
    if (lost_since_.load() == nothing) reason_.store(nullptr);
    begun_.store(now());
  }
  /// It has answered. A failure lasts until something worked.
  void ends() {
    const auto begun = begun_.exchange(nothing);
    if (lost_since_.load() == nothing && is_too_long(begun)) note(begun);
  }
  void worked() {
    const auto begun = begun_.exchange(nothing);
    const auto lost = lost_since_.exchange(nothing);
    last_worked_.store(now());
    if (lost != nothing || is_too_long(begun)) note(lost != nothing ? lost : begun);
  }
  /// A try did not succeed; the work is still under way, and tried again. Should that take too long, this is the reason.
  void try_failed(const std::string& why) { reason_.store(std::make_shared<const std::string>(why)); }
  void failed(std::string why) {
    reason_.store(std::make_shared<const std::string>(std::move(why)));
    const auto begun = begun_.load();
    if (lost_since_.load() == nothing) lost_since_.store(begun == nothing ? now() : begun);
  }

  [[nodiscard]] bool worked_lately() const { return lost_since_.load() == nothing && age_of(last_worked_) < probe_every; }

  /// It has kept the thread waiting for too long, and has not done anything for it since.
  [[nodiscard]] bool hangs() const { return hanging_since() != nothing; }
  /// Something worked after that hanging had begun.
  [[nodiscard]] bool worked_since_hanging_of(const connection_health& other) const {
    const auto begun = other.hanging_since();
    return begun != nothing && last_worked_.load() >= begun;
  }

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
  [[nodiscard]] steady::rep hanging_since() const {
    const auto begun = begun_.load();
    return is_too_long(begun) && begun_.load() == begun ? begun : nothing;
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
  std::atomic<steady::rep> last_worked_{nothing};
  std::atomic<steady::rep> lost_since_{nothing};
  std::atomic<std::shared_ptr<const std::string>> reason_;
  std::atomic<std::shared_ptr<const store_outage>> last_outage_;
};

/// While the store has work of that thread in its hands, which may take for ever.
class connection_at_work {
 public:
  explicit connection_at_work(connection_health& health) : health_(health) { health_.begins(); }
  ~connection_at_work() { health_.ends(); }
  connection_at_work(const connection_at_work&) = delete;
  connection_at_work& operator=(const connection_at_work&) = delete;

 private:
  connection_health& health_;
};

}  // namespace orderflow
