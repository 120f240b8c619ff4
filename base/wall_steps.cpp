#include "base/wall_steps.hpp"

#include <algorithm>

namespace orderflow {

namespace {

/// A step is noted at most so long after it was made.
constexpr milliseconds noted_within = std::chrono::seconds{1};

milliseconds distance_of(const wall_steps::reading& at) { return at.wall.time_since_epoch() - at.monotonic.time_since_epoch(); }

}  // namespace

wall_steps::wall_steps(const reading& first)
    : stretches_{stretch{first.wall, timestamp::max(), first.monotonic, distance_of(first)}} {}

milliseconds wall_steps::step_to(const reading& now) const {
  const auto step = distance_of(now) - stretches_.back().distance;
  return std::chrono::abs(step) < least ? milliseconds{0} : step;
}

void wall_steps::note(const reading& now) {
  auto& last = stretches_.back();
  last.ends = timestamp{now.monotonic.time_since_epoch() + last.distance};
  stretches_.push_back({now.wall - noted_within, timestamp::max(), now.monotonic, distance_of(now)});
  if (stretches_.size() > most) stretches_.pop_front();
}

milliseconds wall_steps::forward_since(timestamp from) const {
  const auto present = stretches_.back().distance;
  milliseconds largest{0};
  for (const auto& each : stretches_) {
    const bool said_then = each.begins <= from && from <= each.ends;
    const bool said_before_all = &each == &stretches_.front() && from < each.begins;
    if (said_then || said_before_all) largest = std::max(largest, present - each.distance);
  }
  return largest;
}

milliseconds wall_steps::within(milliseconds span, monotonic_time now) const {
  const auto since = now - span;
  auto then = stretches_.front().distance;
  for (const auto& each : stretches_) {
    if (each.began <= since) then = each.distance;
  }
  return stretches_.back().distance - then;
}

}  // namespace orderflow
