#include "http/pipeline/metric_text.hpp"

#include <fmt/format.h>

namespace orderflow {

metric_text& metric_text::family(std::string_view name, std::string_view kind, std::string_view what) {
  name_ = name;
  fmt::format_to(std::back_inserter(text_), "# HELP {0} {1}\n# TYPE {0} {2}\n", name, what, kind);
  return *this;
}

void metric_text::begin_sample(std::string_view labels, std::string_view suffix) {
  text_.append(name_).append(suffix);
  if (!labels.empty()) text_.append("{").append(labels).append("}");
  text_ += ' ';
}

metric_text& metric_text::sample(std::string_view labels, uint64_t value, std::string_view suffix) {
  begin_sample(labels, suffix);
  fmt::format_to(std::back_inserter(text_), "{}\n", value);
  return *this;
}

metric_text& metric_text::sample(std::string_view labels, double value, std::string_view suffix) {
  begin_sample(labels, suffix);
  fmt::format_to(std::back_inserter(text_), "{}\n", value);
  return *this;
}

metric_text& metric_text::counter(std::string_view name, std::string_view what, uint64_t value) {
  return family(name, "counter", what).sample({}, value);
}

metric_text& metric_text::gauge(std::string_view name, std::string_view what, uint64_t value) {
  return family(name, "gauge", what).sample({}, value);
}

}  // namespace orderflow
