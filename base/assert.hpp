// Assertions that stay on in production: a wrong state must stop the actor, not spread.
#pragma once

#include <stdexcept>
#include <string>

namespace orderflow {

/// A defect of ours, found at run time. Thrown inside an actor it stops that actor; the supervisor decides what follows.
class bug : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

[[noreturn]] inline void raise_bug(const char* what, const char* file, int line) {
  throw bug{std::string{what} + " at " + file + ":" + std::to_string(line)};
}

}  // namespace orderflow

#define ORDERFLOW_ASSERT(condition) \
  ((condition) ? void() : ::orderflow::raise_bug("assertion failed: " #condition, __FILE__, __LINE__))

#define ORDERFLOW_UNREACHABLE(what) ::orderflow::raise_bug("unreachable: " what, __FILE__, __LINE__)
