#include "journal/sqlite/file_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

#include "journal/store.hpp"

namespace orderflow::sqlite {
namespace {

std::string holder_of(int descriptor) {
  std::array<char, 32> text{};
  const auto length = ::pread(descriptor, text.data(), text.size(), 0);
  std::string pid;
  for (ssize_t i = 0; i < length; ++i) {
    const char c = text[static_cast<size_t>(i)];
    if (c < '0' || c > '9') break;
    pid += c;
  }
  return pid.empty() ? "another process" : "process " + pid;
}

std::string reason(int error) { return std::error_code{error, std::generic_category()}.message(); }

}  // namespace

file_lock::file_lock(const std::string& path) {
  descriptor_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor_ < 0) throw store_error{"cannot open the lock file " + path + ": " + reason(errno)};
  if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
    const int error = errno;
    const auto holder = holder_of(descriptor_);
    ::close(descriptor_);
    if (error != EWOULDBLOCK) throw store_error{"cannot lock " + path + ": " + reason(error)};
    throw store_error{"the data directory is in use: " + holder + " holds " + path +
                      "; stop that process, or give this one a directory of its own"};
  }
  // Only for the sentence above: the lock itself is the kernel's, so a name that cannot be written does no harm.
  const auto pid = std::to_string(::getpid()) + "\n";
  if (::ftruncate(descriptor_, 0) != 0 || ::pwrite(descriptor_, pid.data(), pid.size(), 0) < 0) return;
}

file_lock::~file_lock() { ::close(descriptor_); }

}  // namespace orderflow::sqlite
