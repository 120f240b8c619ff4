// What the kernel knows of a thread: its name and how it is scheduled.
#pragma once

#include <string_view>

namespace orderflow {

/// The calling thread's name, so that its CPU time can be told from that of others: in `top -H`, in /proc and in
/// `orderflow bench`. The kernel keeps 15 bytes of it.
void name_this_thread(std::string_view name);

/// When it is woken, the calling thread waits for its turn from now on, and so do the threads it starts: who runs is not
/// interrupted (SCHED_BATCH, see sched(7)). Where a sandbox forbids this, nothing changes.
void take_turns_when_woken();

}  // namespace orderflow
