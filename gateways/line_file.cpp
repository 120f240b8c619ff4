#include "gateways/line_file.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <stdexcept>
#include <system_error>
#include <vector>

#include "base/file_error.hpp"

namespace orderflow {

namespace {

[[noreturn]] void fail(const std::string& path, const char* what) {
  throw std::runtime_error{file_error(path + " cannot be " + what, errno)};
}

constexpr size_t chunk_size = 1 << 18;
/// Room that is made at a time; also a multiple of the page size, as mappings have to be.
constexpr int64_t window_size = 1 << 20;

}  // namespace

line_file::line_file(std::string path) : path_(std::move(path)) {
  file_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file_ < 0) fail(path_, "opened");
  struct stat found {};
  try {
    if (::fstat(file_, &found) != 0) fail(path_, "looked at");
    size_ = end_of_lines(found.st_size);
    if (size_ != found.st_size && ::ftruncate(file_, size_) != 0) fail(path_, "cut");
  } catch (const std::runtime_error&) {
    ::close(file_);
    throw;
  }
}

line_file::~line_file() {
  unmap();
  // Should it fail, the next start finds the end as after a kill.
  [[maybe_unused]] const int trimmed = ::ftruncate(file_, size_);
  ::close(file_);
}

void line_file::unmap() {
  if (window_ != nullptr) ::munmap(window_, static_cast<size_t>(window_end_ - window_from_));
  window_ = nullptr;
}

/// Behind the last newline: what follows is a torn line, or room that was never used.
int64_t line_file::end_of_lines(int64_t size) const {
  std::vector<char> piece(chunk_size);
  for (int64_t end = size; end > 0;) {
    const auto from = std::max<int64_t>(0, end - static_cast<int64_t>(piece.size()));
    const auto wanted = static_cast<size_t>(end - from);
    if (::pread(file_, piece.data(), wanted, from) != static_cast<ssize_t>(wanted)) fail(path_, "read");
    const auto newline = std::string_view{piece.data(), wanted}.rfind('\n');
    if (newline != std::string_view::npos) return from + static_cast<int64_t>(newline) + 1;
    end = from;
  }
  return 0;
}

bool line_file::append(std::string_view line) {
  if ((window_ == nullptr || size_ + static_cast<int64_t>(line.size()) > window_end_) && !make_room(line.size())) return false;
  std::copy(line.begin(), line.end(), window_ + (size_ - window_from_));
  size_ += static_cast<int64_t>(line.size());
  return true;
}

/// Blocks are reserved before they are mapped: a disk without room is an error here and not a signal at the copy.
bool line_file::make_room(size_t wanted) {
  const auto page = static_cast<int64_t>(::sysconf(_SC_PAGESIZE));
  const auto from = size_ / page * page;
  const auto length = ((static_cast<int64_t>(wanted) + page) / window_size + 1) * window_size;
  int refused = 0;
  do {
    refused = ::posix_fallocate(file_, from, length);
  } while (refused == EINTR);
  if (refused != 0) return false;
  auto* mapped = ::mmap(nullptr, static_cast<size_t>(length), PROT_READ | PROT_WRITE, MAP_SHARED, file_, from);
  if (mapped == MAP_FAILED) return false;
  unmap();
  window_ = static_cast<char*>(mapped);
  window_from_ = from;
  window_end_ = from + length;
  return true;
}

void line_file::read_lines(const std::function<void(std::string_view, uint64_t)>& each) const {
  std::vector<char> buffer(chunk_size);
  size_t kept = 0;
  int64_t offset = 0;
  uint64_t number = 0;
  for (const int64_t size = size_; offset < size;) {
    if (kept == buffer.size()) buffer.resize(buffer.size() * 2);
    const auto room = std::min<int64_t>(static_cast<int64_t>(buffer.size() - kept), size - offset);
    const auto got = ::pread(file_, buffer.data() + kept, static_cast<size_t>(room), offset);
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
