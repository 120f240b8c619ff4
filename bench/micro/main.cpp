#include <benchmark/benchmark.h>

#include <caf/init_global_meta_objects.hpp>

#include "messages/type_ids.hpp"

int main(int count, char** words) {
  caf::init_global_meta_objects<caf::id_block::orderflow>();
  caf::core::init_global_meta_objects();
  benchmark::Initialize(&count, words);
  if (benchmark::ReportUnrecognizedArguments(count, words)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
