#include "base/process_metrics.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cstdio>
#include <ctime>

using namespace orderflow;

TEST_CASE("the process knows its own figures") {
  const auto before = read_process_metrics();
  CHECK(before.resident_bytes > 1'000'000);
  CHECK(before.virtual_bytes > before.resident_bytes);
  CHECK(before.open_files >= 3);
  CHECK(before.most_files >= before.open_files);
  CHECK(before.threads >= 1);
  const auto now = static_cast<double>(std::time(nullptr));
  CHECK(before.started_at > now - 86400);
  CHECK(before.started_at < now + 2);
  FILE* file = std::tmpfile();
  REQUIRE(file);
  CHECK(read_process_metrics().open_files == before.open_files + 1);
  std::fclose(file);
  const auto began = std::clock();
  while (std::clock() - began < CLOCKS_PER_SEC / 20) {
  }
  CHECK(read_process_metrics().cpu_seconds > before.cpu_seconds);
}
