#include "base/thread.hpp"

#include <pthread.h>
#include <sched.h>

#include <string>

namespace orderflow {

void name_this_thread(std::string_view name) {
  constexpr size_t kept = 15;
  pthread_setname_np(pthread_self(), std::string{name.substr(0, kept)}.c_str());
}

void take_turns_when_woken() {
  const sched_param none{};
  static_cast<void>(sched_setscheduler(0, SCHED_BATCH, &none));
}

}  // namespace orderflow
