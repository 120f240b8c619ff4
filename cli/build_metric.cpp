#include "cli/build_metric.hpp"

#include "http/pipeline/metric_text.hpp"

#if defined(__clang__)
#define ORDERFLOW_COMPILER "clang " __clang_version__
#else
#define ORDERFLOW_COMPILER "gcc " __VERSION__
#endif

namespace orderflow {

std::string build_metric() {
  metric_text build;
  build.family("orderflow_build_info", "gauge", "1; what was built, in the labels.")
      .sample("version=\"" ORDERFLOW_VERSION "\",compiler=\"" ORDERFLOW_COMPILER "\"", uint64_t{1});
  return build.take();
}

std::string with_sound_names(std::string text) {
  constexpr std::string_view wrong = "caf_system_queued_messages_total";
  constexpr std::string_view suffix = "_total";
  for (auto at = text.find(wrong); at != std::string::npos; at = text.find(wrong, at))
    text.erase(at + wrong.size() - suffix.size(), suffix.size());
  return text;
}

}  // namespace orderflow
