// A signed order that comes again within five minutes is a retry; later it is a new purchase. Keys in the store live longer
// than that, so the time is part of the key: five-minute spans, of which a retry may name the one before. Here is only what
// the store cannot know yet: signatures under way, so that two at the border of a span are one order.
// Thread rule: the I/O thread, which all creates of a process pass.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "base/time.hpp"

namespace orderflow::shop {

class signed_order_retries {
 public:
  static constexpr milliseconds window = std::chrono::minutes{5};

  /// The key of a signature in the span of `now`, and in the one before.
  [[nodiscard]] static std::string key_at(const std::string& signature, timestamp now) {
    return signature + "/" + std::to_string(now.time_since_epoch() / window);
  }

  /// The key under which the signature is under way since less than `window`; nothing: it is not.
  [[nodiscard]] std::optional<std::string> under_way(const std::string& signature, monotonic_time now) const {
    const auto found = open_.find(signature);
    if (found == open_.end() || now - found->second.since >= window) return std::nullopt;
    return found->second.key;
  }

  void begin(const std::string& signature, const std::string& key, monotonic_time now) {
    // What was never told an outcome stays until it cannot matter any more; looked for only when there is much of it.
    if (open_.size() >= many) std::erase_if(open_, [&](const auto& one) { return now - one.second.since >= window; });
    open_.try_emplace(signature, entry{key, now});
  }

  /// The outcome is in the store, or it is certain that nothing came of it.
  void end(const std::string& signature) { open_.erase(signature); }

 private:
  struct entry {
    std::string key;
    monotonic_time since{};
  };
  static constexpr size_t many = 4096;

  std::map<std::string, entry> open_;
};

}  // namespace orderflow::shop
