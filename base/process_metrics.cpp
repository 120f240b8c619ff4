#include "base/process_metrics.hpp"

#include <dirent.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

namespace orderflow {

namespace {

std::string text_of(const char* path) {
  std::string text;
  const std::unique_ptr<FILE, int (*)(FILE*)> file{std::fopen(path, "re"), &std::fclose};
  if (!file) return text;
  std::array<char, 4096> part{};
  while (const auto size = std::fread(part.data(), 1, part.size(), file.get())) text.append(part.data(), size);
  return text;
}

/// The n-th number after the first, counted from 0, of a text of numbers with blanks between.
uint64_t number_in(std::string_view text, size_t n) {
  for (; n > 0 && !text.empty(); --n) text.remove_prefix(std::min(text.find(' ') + 1, text.size()));
  uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

uint64_t count_open_files() {
  const std::unique_ptr<DIR, int (*)(DIR*)> folder{::opendir("/proc/self/fd"), &::closedir};
  if (!folder) return 0;
  uint64_t count = 0;
  while (const auto* entry = ::readdir(folder.get()))
    if (entry->d_name[0] != '.') ++count;
  return count > 0 ? count - 1 : 0;  // The folder itself was open.
}

/// Seconds since the epoch when the machine was started.
uint64_t boot_time() {
  const auto text = text_of("/proc/stat");
  const auto at = text.find("btime ");
  return at == std::string::npos ? 0 : number_in(std::string_view{text}.substr(at + 6), 0);
}

/// From the clock: /proc counts in hundredths, and shows 0 for a process that has run for less.
double cpu_seconds() {
  timespec used{};
  if (::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used) != 0) return 0;
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
}

}  // namespace

process_metrics read_process_metrics() {
  process_metrics found;
  const auto stat = text_of("/proc/self/stat");
  const auto name_ends = stat.rfind(')');
  if (name_ends == std::string::npos || name_ends + 2 >= stat.size()) return found;
  // proc(5): the state, the third field, is number 0 here.
  const auto fields = std::string_view{stat}.substr(name_ends + 2);
  const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
  found.cpu_seconds = cpu_seconds();
  found.threads = number_in(fields, 17);
  found.started_at = static_cast<double>(boot_time()) + static_cast<double>(number_in(fields, 19)) / ticks;
  found.virtual_bytes = number_in(fields, 20);
  found.resident_bytes = number_in(fields, 21) * static_cast<uint64_t>(::sysconf(_SC_PAGESIZE));
  found.open_files = count_open_files();
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) == 0) found.most_files = files.rlim_cur;
  return found;
}

}  // namespace orderflow
