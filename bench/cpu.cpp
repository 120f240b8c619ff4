#include "bench/cpu.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace orderflow::bench {
namespace {

struct process_stat {
  std::string name;
  int parent = 0;
  uint64_t ticks = 0;
};

uint64_t ticks_to_us(uint64_t ticks) { return ticks * 1'000'000 / static_cast<uint64_t>(sysconf(_SC_CLK_TCK)); }

// The second field is the program's name in brackets and may hold anything, so counting starts behind the last bracket.
std::optional<process_stat> stat_of(const std::filesystem::path& file) {
  std::ifstream in{file};
  std::string line;
  if (!std::getline(in, line)) return std::nullopt;
  const size_t bracket = line.rfind(')');
  if (bracket == std::string::npos) return std::nullopt;
  std::istringstream fields{line.substr(bracket + 1)};
  std::string skipped;
  process_stat found;
  const size_t open = line.find('(');
  found.name = line.substr(open + 1, bracket - open - 1);
  fields >> skipped >> found.parent;
  for (int field = 5; field < 14; ++field) fields >> skipped;
  uint64_t user = 0;
  uint64_t system = 0;
  fields >> user >> system;
  if (!fields) return std::nullopt;
  found.ticks = user + system;
  return found;
}

uint64_t since(uint64_t later, uint64_t earlier) { return later > earlier ? later - earlier : 0; }

}  // namespace

uint64_t cpu_us_of(int pid) {
  const auto found = stat_of("/proc/" + std::to_string(pid) + "/stat");
  return found ? ticks_to_us(found->ticks) : 0;
}

uint64_t cpu_us_of_family(int pid) {
  uint64_t sum = cpu_us_of(pid);
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string name = entry.path().filename().string();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    const auto found = stat_of(entry.path() / "stat");
    if (found && found->parent == pid) sum += ticks_to_us(found->ticks);
  }
  return sum;
}

thread_times cpu_us_by_thread(int pid) {
  thread_times times;
  std::error_code gone;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/task", gone))
    if (const auto found = stat_of(entry.path() / "stat")) times[found->name] += ticks_to_us(found->ticks);
  return times;
}

uint64_t rss_kb_of(int pid) {
  std::ifstream in{"/proc/" + std::to_string(pid) + "/statm"};
  uint64_t pages = 0;
  uint64_t resident = 0;
  in >> pages >> resident;
  return in ? resident * static_cast<uint64_t>(sysconf(_SC_PAGESIZE)) / 1024 : 0;
}

uint64_t own_cpu_us() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto us = [](const timeval& t) { return static_cast<uint64_t>(t.tv_sec) * 1'000'000 + static_cast<uint64_t>(t.tv_usec); };
  return us(used.ru_utime) + us(used.ru_stime);
}

uint64_t machine_cpu_us() {
  std::ifstream in{"/proc/stat"};
  std::string label;
  uint64_t user = 0;
  uint64_t nice = 0;
  uint64_t system = 0;
  uint64_t idle = 0;
  uint64_t waiting = 0;
  uint64_t irq = 0;
  uint64_t soft_irq = 0;
  in >> label >> user >> nice >> system >> idle >> waiting >> irq >> soft_irq;
  return ticks_to_us(user + nice + system + irq + soft_irq);
}

cpu_reading read_cpu(const watched_processes& of) {
  return {.server = of.server ? cpu_us_of_family(*of.server) : 0,
          .load = own_cpu_us(),
          .postgres = of.postgres ? cpu_us_of_family(*of.postgres) : 0,
          .machine = machine_cpu_us()};
}

cpu_reading operator-(const cpu_reading& later, const cpu_reading& earlier) {
  return {.server = since(later.server, earlier.server),
          .load = since(later.load, earlier.load),
          .postgres = since(later.postgres, earlier.postgres),
          .machine = since(later.machine, earlier.machine)};
}

thread_times operator-(const thread_times& later, const thread_times& earlier) {
  thread_times used;
  for (const auto& [name, us] : later) {
    const auto old = earlier.find(name);
    used.emplace(name, since(us, old == earlier.end() ? 0 : old->second));
  }
  return used;
}

}  // namespace orderflow::bench
