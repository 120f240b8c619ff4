#include "cli/ignored_signals.hpp"

#include <csignal>
#include <initializer_list>

namespace orderflow {

void ignore_signals() {
  for (const int each : {SIGPIPE, SIGUSR1, SIGUSR2, SIGALRM, SIGVTALRM, SIGPROF, SIGIO, SIGPWR, SIGSTKFLT, SIGXFSZ})
    std::signal(each, SIG_IGN);
  for (int each = SIGRTMIN; each <= SIGRTMAX; ++each) std::signal(each, SIG_IGN);
}

}  // namespace orderflow
