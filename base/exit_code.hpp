// How the program ends, for scripts and supervisors; numbers as in sysexits(3) where it has one.
#pragma once

namespace orderflow {

enum class exit_code : int {
  ok = 0,
  /// It ran and did not succeed.
  failed = 1,
  /// Another process has taken over the store. Not to be started again by itself: that would take it back.
  taken_over = 3,
  /// The command line is wrong.
  usage = 64,
  /// Something it needs cannot be reached: the store, the address to listen on.
  unavailable = 69,
  /// The configuration is wrong.
  configuration = 78,
};

}  // namespace orderflow
