// Whether the files of an open database are still where the next start looks for them. Somebody may move, remove or replace
// them under a running server: SQLite goes on writing to what it has open, and whatever is acknowledged then is lost.
#pragma once

#include <sys/types.h>

#include <array>
#include <string>

namespace orderflow::sqlite {

class file_places {
 public:
  /// The database and its log are open: what is at their places now is taken for them.
  explicit file_places(const std::string& path);

  /// The first file that is not at its place any more; empty: all are. Three system calls.
  [[nodiscard]] std::string misplaced() const;

 private:
  struct place {
    std::string path;
    dev_t device = 0;
    ino_t inode = 0;
  };
  std::array<place, 3> places_;
};

/// What it means that they are, and what to do: for operators.
[[nodiscard]] std::string meaning_of_moved_files();

}  // namespace orderflow::sqlite
