// A file of lines that only grows and survives kill -9 of its writer: one write(2) per line, no fsync (a power failure may
// take the last lines). Thread rule: the owner serialises calls to `append`; `read_lines` may run beside it.
#pragma once

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

  /// `line` ends with its newline. False: the disk refused, and nothing of it is left in the file.
  [[nodiscard]] bool append(std::string_view line);

  /// Calls `each` with every whole line, without its end, and the line's number from 1. Throws std::runtime_error.
  void read_lines(const std::function<void(std::string_view line, uint64_t number)>& each) const;

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  void cut_torn_line();

  std::string path_;
  int file_ = -1;
  int64_t size_ = 0;
  bool spoiled_ =
      false;  ///< Ends with a part of a line that could not be removed: nothing more is written; the next start cuts it.
};

}  // namespace orderflow
