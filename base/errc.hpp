// Failures outside our rules (the store, a gateway, load). Not rules (see refusal), not defects (see bug).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace orderflow {

/// Numbers are public: add, never change. Every one of them may be retried with the same key (I15).
enum class errc : uint8_t {
  none = 0,
  /// The store cannot be reached or is full; nothing was written.
  store_unavailable = 1,
  /// The request's deadline ended before its outcome was known; it may have taken place.
  outcome_unknown = 2,
  /// Too much is queued; nothing was done.
  overloaded = 3,
  /// The server is stopping; nothing was done.
  shutting_down = 4,
  /// The order is held back for an operator: reads work, commands do not.
  quarantined = 5,
  /// The entity is being loaded again after a journal error; nothing was done.
  reloading = 6,
  /// Another process writes in our place.
  fenced = 7,
  /// The payment gateway did not answer; nothing was done.
  gateway_unavailable = 8,
};

[[nodiscard]] constexpr std::string_view to_string(errc code) {
  switch (code) {
    case errc::none: return "none";
    case errc::store_unavailable: return "store_unavailable";
    case errc::outcome_unknown: return "outcome_unknown";
    case errc::overloaded: return "overloaded";
    case errc::shutting_down: return "shutting_down";
    case errc::quarantined: return "quarantined";
    case errc::reloading: return "reloading";
    case errc::fenced: return "fenced";
    case errc::gateway_unavailable: return "gateway_unavailable";
  }
  return "none";
}

struct failure {
  errc code = errc::none;
  std::string detail;
};

}  // namespace orderflow
