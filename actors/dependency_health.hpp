// Whether something that we depend on is away, told by the actor that talks to it and shown to whoever asks.
// Thread rule: one thread tells, any asks.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>

#include "base/time.hpp"

namespace orderflow {

struct dependency_outage {
  timestamp since{};
  monotonic_time began{};
  std::string reason;  ///< A sentence for operators; may name hosts.
};

class dependency_health {
 public:
  /// True: it was there until now.
  bool lost(const clock& time, std::string reason) {
    if (outage_.load()) return false;
    outage_.store(std::make_shared<const dependency_outage>(dependency_outage{time.now(), time.monotonic(), std::move(reason)}));
    return true;
  }
  /// What has ended; nothing: it was there.
  std::optional<dependency_outage> back() {
    if (!outage_.load()) return std::nullopt;
    return *outage_.exchange(nullptr);
  }
  [[nodiscard]] std::optional<dependency_outage> outage() const {
    const auto now = outage_.load();
    return now ? std::optional{*now} : std::nullopt;
  }

 private:
  std::atomic<std::shared_ptr<const dependency_outage>> outage_;
};

}  // namespace orderflow
