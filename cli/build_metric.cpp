#include "cli/build_metric.hpp"

#include "http/metric_text.hpp"

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

}  // namespace orderflow
