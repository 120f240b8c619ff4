#include "base/thread_name.hpp"

#include <pthread.h>

#include <string>

namespace orderflow {

void name_this_thread(std::string_view name) {
  constexpr size_t kept = 15;
  pthread_setname_np(pthread_self(), std::string{name.substr(0, kept)}.c_str());
}

}  // namespace orderflow
