// Prometheus' text form, for what is counted outside of the actors.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace orderflow {

class metric_text {
 public:
  /// `kind`: counter, gauge, histogram. Its samples follow.
  metric_text& family(std::string_view name, std::string_view kind, std::string_view what);
  /// `labels` as they stand between the braces, such as `reason="load"`; values of ours need no escapes.
  metric_text& sample(std::string_view labels, uint64_t value, std::string_view suffix = {});
  metric_text& sample(std::string_view labels, double value, std::string_view suffix = {});
  /// A family of one sample without labels.
  metric_text& counter(std::string_view name, std::string_view what, uint64_t value);
  metric_text& gauge(std::string_view name, std::string_view what, uint64_t value);

  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  void begin_sample(std::string_view labels, std::string_view suffix);

  std::string name_;
  std::string text_;
};

}  // namespace orderflow
