#include "cli/file_limit.hpp"

#include <sys/resource.h>

#include <limits>

namespace orderflow {

uint64_t raise_file_limit() {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return std::numeric_limits<uint64_t>::max();
  auto raised = files;
  raised.rlim_cur = files.rlim_max;
  if (::setrlimit(RLIMIT_NOFILE, &raised) == 0) return raised.rlim_cur;
  return files.rlim_cur;
}

}  // namespace orderflow
