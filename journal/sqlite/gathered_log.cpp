#include "journal/sqlite/gathered_log.hpp"

#include <sqlite3.h>

#include <cstdint>
#include <new>
#include <vector>

#include "base/assert.hpp"

namespace orderflow::sqlite {
namespace {

/// Some thirty pages. SQLite's own file takes no more than 131 071 bytes in one write and calls the rest a full disk.
constexpr size_t most_gathered = 126'976;

constexpr const char* vfs_name = "orderflow-gathered-log";

sqlite3_vfs& own_vfs() { return *sqlite3_vfs_find(nullptr); }

/// SQLite gives one piece of memory per file: this, and SQLite's own file behind it. Every function that looks at the file or
/// changes it otherwise first writes what is gathered.
class log_file : public sqlite3_file {
 public:
  explicit log_file(const sqlite3_io_methods& methods) : sqlite3_file{&methods} { gathered_.reserve(most_gathered); }

  static log_file& of(sqlite3_file* file) { return *static_cast<log_file*>(file); }
  sqlite3_file* under() { return reinterpret_cast<sqlite3_file*>(this + 1); }

  int write(const void* bytes, int count, sqlite3_int64 offset) {
    const auto follows = offset == from_ + static_cast<sqlite3_int64>(gathered_.size());
    if (!follows || gathered_.size() + static_cast<size_t>(count) > most_gathered) {
      if (const int code = write_out(); code != SQLITE_OK) return code;
    }
    if (gathered_.empty()) from_ = offset;
    const auto* first = static_cast<const char*>(bytes);
    gathered_.insert(gathered_.end(), first, first + count);
    return SQLITE_OK;
  }

  /// What could not be written is dropped: SQLite takes the commit back, and the log's end stays where it was.
  int write_out() {
    if (gathered_.empty()) return SQLITE_OK;
    const int code = under()->pMethods->xWrite(under(), gathered_.data(), static_cast<int>(gathered_.size()), from_);
    gathered_.clear();
    return code;
  }

 private:
  std::vector<char> gathered_;
  sqlite3_int64 from_ = 0;
};

static_assert(alignof(log_file) <= 8, "SQLite aligns the memory of a file to eight bytes");

/// Calls a method of SQLite's own file once everything gathered has been written.
template <auto Method, class... Arguments>
int afterwards(sqlite3_file* file, Arguments... arguments) {
  auto& log = log_file::of(file);
  if (const int code = log.write_out(); code != SQLITE_OK) return code;
  return (log.under()->pMethods->*Method)(log.under(), arguments...);
}

/// For what does not depend on the file's content.
template <auto Method>
int at_once(sqlite3_file* file) {
  auto* own = log_file::of(file).under();
  return (own->pMethods->*Method)(own);
}

int close(sqlite3_file* file) {
  auto& log = log_file::of(file);
  const int written = log.write_out();
  const int closed = log.under()->pMethods->xClose(log.under());
  log.~log_file();
  return written != SQLITE_OK ? written : closed;
}

int write(sqlite3_file* file, const void* bytes, int count, sqlite3_int64 offset) {
  return log_file::of(file).write(bytes, count, offset);
}

/// Version 1: a log is neither shared memory nor mapped.
constexpr sqlite3_io_methods make_methods() {
  sqlite3_io_methods methods{};
  methods.iVersion = 1;
  methods.xClose = close;
  methods.xRead = afterwards<&sqlite3_io_methods::xRead, void*, int, sqlite3_int64>;
  methods.xWrite = write;
  methods.xTruncate = afterwards<&sqlite3_io_methods::xTruncate, sqlite3_int64>;
  methods.xSync = afterwards<&sqlite3_io_methods::xSync, int>;
  methods.xFileSize = afterwards<&sqlite3_io_methods::xFileSize, sqlite3_int64*>;
  methods.xLock = afterwards<&sqlite3_io_methods::xLock, int>;
  methods.xUnlock = afterwards<&sqlite3_io_methods::xUnlock, int>;
  methods.xCheckReservedLock = afterwards<&sqlite3_io_methods::xCheckReservedLock, int*>;
  methods.xFileControl = afterwards<&sqlite3_io_methods::xFileControl, int, void*>;
  methods.xSectorSize = at_once<&sqlite3_io_methods::xSectorSize>;
  methods.xDeviceCharacteristics = at_once<&sqlite3_io_methods::xDeviceCharacteristics>;
  return methods;
}

constexpr sqlite3_io_methods methods_of_log = make_methods();

int open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* flags_out) {
  auto& own = own_vfs();
  if ((flags & SQLITE_OPEN_WAL) == 0) return own.xOpen(&own, name, file, flags, flags_out);
  auto* log = new (file) log_file{methods_of_log};
  const int code = own.xOpen(&own, name, log->under(), flags, flags_out);
  if (code != SQLITE_OK) {
    log->~log_file();
    file->pMethods = nullptr;  // Tells SQLite that there is nothing to close.
  }
  return code;
}

sqlite3_vfs make_vfs() {
  auto vfs = own_vfs();
  vfs.zName = vfs_name;
  vfs.szOsFile += static_cast<int>(sizeof(log_file));
  vfs.pNext = nullptr;
  vfs.xOpen = open;
  return vfs;
}

}  // namespace

const char* gathered_log() {
  static sqlite3_vfs vfs = make_vfs();
  static const int registered = sqlite3_vfs_register(&vfs, 0);
  ORDERFLOW_ASSERT(registered == SQLITE_OK);
  return vfs_name;
}

}  // namespace orderflow::sqlite
