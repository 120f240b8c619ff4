#include "base/thread.hpp"

#include <pthread.h>
#include <sched.h>

#include <string>

namespace orderflow {

void name_this_thread(std::string_view name) {
  constexpr size_t kept = 15;
  pthread_setname_np(pthread_self(), std::string{name.substr(0, kept)}.c_str());
}

void schedule_this_thread(on_waking how) {
  const sched_param none{};
  // Both are allowed to everybody; where a sandbox forbids the call, the thread is scheduled as before.
  static_cast<void>(sched_setscheduler(0, how == on_waking::interrupts ? SCHED_OTHER : SCHED_BATCH, &none));
}

}  // namespace orderflow
