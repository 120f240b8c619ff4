#include "base/crash_point.hpp"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <string>

namespace orderflow {

namespace {

/// Set once before any actor runs; only the countdown changes later.
struct armed_place {
  std::string name;
  std::atomic<long> passes_left{0};
};

armed_place& armed() {
  static armed_place place;
  return place;
}

}  // namespace

const std::vector<std::string_view>& crash_points() {
  static const std::vector<std::string_view> names{
      "order-before-decide",      "order-before-append",     "order-after-commit",   "order-before-effect",
      "inventory-before-append",  "journal-before-commit",   "journal-after-commit", "journal-ids-reserved",
      "payment-before-send",      "payment-after-answer",    "carrier-before-send",  "carrier-after-answer",
      "notification-before-send", "notification-after-send", "timer-before-fire",    "notice-after-commit"};
  return names;
}

std::string_view arm_crash_point() {
  const char* wanted = std::getenv("ORDERFLOW_CRASH_AT");
  if (!wanted || !*wanted) return {};
  std::string text{wanted};
  auto colon = text.find(':');
  armed().name = text.substr(0, colon);
  auto turns = colon == std::string::npos ? 1 : std::atol(text.c_str() + colon + 1);
  const auto& names = crash_points();
  if (std::find(names.begin(), names.end(), armed().name) == names.end())
    return "ORDERFLOW_CRASH_AT names no crash point; `orderflow crash-points` lists them";
  if (turns < 1) return "ORDERFLOW_CRASH_AT must be NAME:N with N of at least 1";
  armed().passes_left = turns;
  return {};
}

void crash_point(std::string_view name) {
  auto& place = armed();
  if (place.passes_left.load(std::memory_order_relaxed) <= 0 || place.name != name) return;
  if (place.passes_left.fetch_sub(1) == 1) ::_exit(137);
}

}  // namespace orderflow
