// Names a thread, so that its CPU time can be told from that of others: in `top -H`, in /proc and in `orderflow bench`.
#pragma once

#include <string_view>

namespace orderflow {

/// The calling thread's name; the kernel keeps 15 bytes of it.
void name_this_thread(std::string_view name);

}  // namespace orderflow
