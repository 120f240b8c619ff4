#include "journal/sqlite/file_places.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <system_error>

namespace orderflow::sqlite {

file_places::file_places(const std::string& path) {
  // SQLite follows links, and keeps the log beside the file itself.
  std::error_code failed;
  const auto real = std::filesystem::canonical(path, failed);
  const auto beside = failed ? path : real.string();
  places_ = {{{path}, {beside + "-wal"}, {beside + "-shm"}}};
  for (auto& each : places_) {
    struct stat found {};
    if (::stat(each.path.c_str(), &found) != 0) continue;  // Then it is misplaced from the start.
    each.device = found.st_dev;
    each.inode = found.st_ino;
  }
}

std::string file_places::misplaced() const {
  for (const auto& each : places_) {
    struct stat found {};
    if (::stat(each.path.c_str(), &found) != 0 || found.st_dev != each.device || found.st_ino != each.inode) return each.path;
  }
  return {};
}

std::string meaning_of_moved_files() {
  return "its files were moved, removed or replaced while they were open, and what is written to them now would be lost; move "
         "them back (the database, its -wal and its -shm) and writing goes on. Removed ones are still in /proc/" +
         std::to_string(::getpid()) + "/fd: copy all of them before this process ends";
}

}  // namespace orderflow::sqlite
