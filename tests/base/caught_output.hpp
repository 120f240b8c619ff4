#pragma once

#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <cstdio>
#include <string>

namespace orderflow {

/// What `write` puts on a stream of the process, caught in a file; the stream is given back afterwards.
template <class Write>
std::string caught(FILE* stream, Write write) {
  std::fflush(stream);
  const int number = ::fileno(stream);
  const int kept = ::dup(number);
  FILE* file = std::tmpfile();
  REQUIRE(file);
  ::dup2(::fileno(file), number);
  write();
  std::fflush(stream);
  ::dup2(kept, number);
  ::close(kept);
  std::string text(static_cast<size_t>(::lseek(::fileno(file), 0, SEEK_END)), '\0');
  REQUIRE(::pread(::fileno(file), text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()));
  std::fclose(file);
  return text;
}

}  // namespace orderflow
