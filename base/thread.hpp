// What the kernel knows of a thread: its name and how it is scheduled.
#pragma once

#include <cstdint>
#include <string_view>

namespace orderflow {

/// The calling thread's name, so that its CPU time can be told from that of others: in `top -H`, in /proc and in
/// `orderflow bench`. The kernel keeps 15 bytes of it.
void name_this_thread(std::string_view name);

/// What happens when a thread is woken while others run. See sched(7).
enum class on_waking : uint8_t {
  interrupts = 1,      ///< SCHED_OTHER: it may take the place of who runs. For who waits for a device and works little.
  waits_its_turn = 2,  ///< SCHED_BATCH: who runs goes on. For threads that wake each other at nearly every message.
};

/// Of the calling thread; threads that it starts are scheduled the same.
void schedule_this_thread(on_waking how);

}  // namespace orderflow
