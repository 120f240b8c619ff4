#include "base/file_error.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cerrno>

using namespace orderflow;

TEST_CASE("what is wrong with a file is told with why and what to do") {
  CHECK(file_error("cannot make '/x'", EACCES) ==
        "cannot make '/x': Permission denied; let this user read and write there, or name another path");
  CHECK(file_error("cannot make '/x/y'", ENOTDIR) ==
        "cannot make '/x/y': Not a directory; a part of the path is a file; name another path");
  CHECK(file_error("cannot read '/x'", EIO).ends_with("; check the path and its permissions, or name another path"));
}
