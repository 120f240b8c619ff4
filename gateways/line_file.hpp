// A file of lines that only grows and survives kill -9 of its writer. Lines are copied into a mapping of the file, so that one
// costs no system call; the kernel writes them out in its own time (no fsync: a power failure may take the last ones). While it
// is open, and after a kill until it is opened again, the file ends with zero bytes: room for lines to come.
// Thread rule: the owner serialises calls to `append`; `read_lines` may run beside it.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace orderflow {

class line_file {
 public:
  /// Opens it, made if absent with mode 0600. A last line without its end was torn by a crash and is cut off.
  /// Throws std::runtime_error with a sentence.
  explicit line_file(std::string path);
  ~line_file();
  line_file(const line_file&) = delete;
  line_file& operator=(const line_file&) = delete;

  /// `line` ends with its newline. False: the disk has no room, and nothing of it is in the file.
  [[nodiscard]] bool append(std::string_view line);

  /// Calls `each` with every whole line, without its end, and the line's number from 1. Throws std::runtime_error.
  void read_lines(const std::function<void(std::string_view line, uint64_t number)>& each) const;

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  [[nodiscard]] int64_t end_of_lines(int64_t size) const;
  [[nodiscard]] bool make_room(size_t wanted);
  void unmap();

  std::string path_;
  int file_ = -1;
  std::atomic<int64_t> size_ = 0;  ///< Of all whole lines.
  char* window_ = nullptr;         ///< The mapped part of the file: from `window_from_` to its end.
  int64_t window_from_ = 0;
  int64_t window_end_ = 0;
};

}  // namespace orderflow
