// Signals that nobody means for us.
#pragma once

namespace orderflow {

/// What would end the process by default and is no request to stop: SIGUSR1 of a tool that takes us for another program, SIGALRM,
/// a file that reached its allowed size (the write fails instead), a client that is gone (SIGPIPE), and the like.
void ignore_signals();

}  // namespace orderflow
