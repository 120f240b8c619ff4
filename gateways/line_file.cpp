#include "gateways/line_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <stdexcept>
#include <system_error>
#include <vector>

namespace orderflow {

namespace {

[[noreturn]] void fail(const std::string& path, const char* what) {
  throw std::runtime_error{path + " cannot be " + what + ": " + std::generic_category().message(errno)};
}

constexpr size_t chunk_size = 1 << 18;

}  // namespace

line_file::line_file(std::string path) : path_(std::move(path)) {
  file_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (file_ < 0) fail(path_, "opened");
  struct stat found {};
  if (::fstat(file_, &found) == 0) {
    size_ = found.st_size;
    try {
      cut_torn_line();
    } catch (const std::runtime_error&) {
      ::close(file_);
      throw;
    }
    return;
  }
  ::close(file_);
  fail(path_, "looked at");
}

line_file::~line_file() { ::close(file_); }

void line_file::cut_torn_line() {
  std::array<char, 4096> tail;
  int64_t whole = size_;
  while (whole > 0) {
    const auto from = std::max<int64_t>(0, whole - static_cast<int64_t>(tail.size()));
    const auto wanted = static_cast<size_t>(whole - from);
    if (::pread(file_, tail.data(), wanted, from) != static_cast<ssize_t>(wanted)) fail(path_, "read");
    const auto end = std::string_view{tail.data(), wanted}.rfind('\n');
    whole = end == std::string_view::npos ? from : from + static_cast<int64_t>(end) + 1;
    if (end != std::string_view::npos) break;
  }
  if (whole == size_) return;
  if (::ftruncate(file_, whole) != 0) fail(path_, "cut");
  size_ = whole;
}

bool line_file::append(std::string_view line) {
  if (spoiled_) return false;
  ssize_t written = 0;
  do {
    written = ::write(file_, line.data(), line.size());
  } while (written < 0 && errno == EINTR);
  if (written == static_cast<ssize_t>(line.size())) {
    size_ += written;
    return true;
  }
  // A part of a line would spoil the next one.
  if (written > 0) spoiled_ = ::ftruncate(file_, size_) != 0;
  return false;
}

void line_file::read_lines(const std::function<void(std::string_view, uint64_t)>& each) const {
  std::vector<char> buffer(chunk_size);
  size_t kept = 0;
  int64_t offset = 0;
  uint64_t number = 0;
  for (;;) {
    if (kept == buffer.size()) buffer.resize(buffer.size() * 2);
    const auto got = ::pread(file_, buffer.data() + kept, buffer.size() - kept, offset);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail(path_, "read");
    if (got == 0) return;
    offset += got;
    std::string_view rest{buffer.data(), kept + static_cast<size_t>(got)};
    for (auto end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
      each(rest.substr(0, end), ++number);
      rest.remove_prefix(end + 1);
    }
    kept = rest.size();
    std::copy(rest.begin(), rest.end(), buffer.begin());
  }
}

}  // namespace orderflow
