// One process per data directory: an flock on DIR/orderflow.lock, given back by the kernel however the process ends.
#pragma once

#include <string>

namespace orderflow::sqlite {

class file_lock {
 public:
  /// Throws store_error naming the file, who holds it and what to do. The file stays; only the lock comes and goes.
  explicit file_lock(const std::string& path);
  ~file_lock();
  file_lock(const file_lock&) = delete;
  file_lock& operator=(const file_lock&) = delete;

 private:
  int descriptor_ = -1;
};

}  // namespace orderflow::sqlite
