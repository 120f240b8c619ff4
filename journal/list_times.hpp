// Which time a new order is listed under. Lists are in the order of (created_at, id), and an order's time is taken before it
// waits for its commit: of two orders the later may be committed first. Whoever reads from the oldest on and has passed the later
// one would never see the other. So an order that comes late, or in the same millisecond, is listed a microsecond above all that
// was committed before: nothing is ever added behind such a reader.
#pragma once

#include <algorithm>
#include <chrono>
#include <optional>

#include "journal/append.hpp"

namespace orderflow {

/// Thread rule: the writer's.
class list_times {
 public:
  /// Nothing waits so long within the process. What is further behind comes after a clock that was put back: those orders keep
  /// their own times, or all of them would be listed under one.
  static constexpr std::chrono::seconds longest_delay{10};

  /// `request` with the time that its order is listed under; called when it enters a batch.
  [[nodiscard]] const append_request* listed(append_request& request) {
    auto* rows = std::get_if<order_rows>(&request.rows);
    if (rows == nullptr || !rows->created) return &request;
    auto& at = rows->created->listed_at;
    at = rows->created->created_at;
    if (at <= committed_ && committed_ - at <= longest_delay) at = committed_ + std::chrono::microseconds{1};
    newest_ = std::max(newest_.value_or(at), at);
    return &request;
  }

  /// What entered a batch since the last call is in the store, or may be.
  void committed() {
    if (newest_ && (*newest_ > committed_ || committed_ - *newest_ > longest_delay)) committed_ = *newest_;
    newest_.reset();
  }

 private:
  list_time committed_{};
  std::optional<list_time> newest_;
};

}  // namespace orderflow
