// The audit log, DIR/audit.log: what operators did and what known principals tried, one JSON object a line, for people who
// ask who it was. Never card numbers, tokens or secrets. Append only, readable by its owner.
// Thread rule: the I/O thread.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "base/time.hpp"
#include "http/pipeline/rate_limit.hpp"
#include "messages/values.hpp"

namespace orderflow {

class audit_log {
 public:
  /// Keeps nothing: for tests and tools.
  audit_log() = default;
  /// Opens or makes the file. Throws std::runtime_error with the path.
  audit_log(const std::string& path, const clock& time);
  ~audit_log();
  audit_log(const audit_log&) = delete;
  audit_log& operator=(const audit_log&) = delete;

  using fields = std::initializer_list<std::pair<std::string_view, std::string>>;

  /// `event` is a stable id such as "attempt-settled"; names of fields need no escaping. Whoever owns the action calls it once
  /// the action is done. A line that cannot be written goes to the log as an error: the action itself stands.
  void record(std::string_view event, const principal& who, fields with);

  /// The same for what was refused, which costs its author nothing: per principal some lines a second, the next one saying how
  /// many were left out.
  void record_refusal(std::string_view event, const principal& who, fields with);

 private:
  void write(std::string_view event, const principal& who, fields with, uint64_t left_out);

  int file_ = -1;
  const clock* time_ = nullptr;
  token_buckets refusals_{rate_limit{10, 100}, 10'000};
  uint64_t left_out_ = 0;
};

}  // namespace orderflow
