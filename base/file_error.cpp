#include "base/file_error.hpp"

#include <string_view>

namespace orderflow {

namespace {

std::string_view advice(const std::error_code& why) {
  if (why == std::errc::no_such_file_or_directory)
    return "nothing can be made or found there; check the path, or name another one";
  if (why == std::errc::permission_denied || why == std::errc::operation_not_permitted)
    return "let this user read and write there, or name another path";
  if (why == std::errc::not_a_directory) return "a part of the path is a file; name another path";
  if (why == std::errc::is_a_directory) return "it is a directory; name a file";
  if (why == std::errc::read_only_file_system) return "name a path on a disk that can be written";
  if (why == std::errc::no_space_on_device) return "make room on the disk, or name a path on another one";
  return "check the path and its permissions, or name another path";
}

}  // namespace

std::string file_error(std::string what, std::error_code why) {
  return std::move(what) + ": " + why.message() + "; " + std::string{advice(why)};
}

std::string file_error(std::string what, int error_number) {
  return file_error(std::move(what), std::error_code{error_number, std::generic_category()});
}

}  // namespace orderflow
