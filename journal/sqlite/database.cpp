#include "journal/sqlite/database.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include "base/file_error.hpp"
#include "journal/schema/progress.hpp"
#include "journal/schema/sqlite.hpp"
#include "journal/sqlite/connection.hpp"
#include "journal/sqlite/copied_store.hpp"
#include "journal/sqlite/reader.hpp"
#include "journal/sqlite/storage_damage.hpp"
#include "journal/sqlite/store.hpp"

namespace orderflow::sqlite {
namespace {

namespace fs = std::filesystem;

/// "ORDF": tells our files from those of other programs.
constexpr int64_t our_application_id = 0x4f524446;

int64_t newest_version() { return static_cast<int64_t>(schema_steps().size()); }

/// Creates an empty file that only its owner may read: it holds customers' addresses. False: it exists already.
bool create_private_file(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (descriptor >= 0) {
    ::close(descriptor);
    return true;
  }
  if (errno == EEXIST) return false;
  throw store_error{file_error("cannot create " + path, errno)};
}

void bring_forward(const std::string& path) {
  connection db{path, connection::mode::create};
  db.execute("PRAGMA synchronous = FULL");
  own_log(db);
  db.execute("BEGIN IMMEDIATE");
  const auto steps = schema_steps();
  const auto present = db.number("PRAGMA user_version");
  const schema_progress progress{"sqlite:" + path, present, newest_version(),
                                 present > 0 ? db.number("SELECT count(*) FROM orders") : 0};
  for (auto version = present; version < newest_version(); ++version) db.execute(steps[static_cast<size_t>(version)]);
  db.execute(("PRAGMA user_version = " + std::to_string(newest_version())).c_str());
  db.execute(("PRAGMA application_id = " + std::to_string(our_application_id)).c_str());
  db.execute("COMMIT");
  own_log(db);
  progress.done();
}

/// Its content, and that its name leads to it, are on the disk.
void flush(const fs::path& path) {
  for (const auto& each : {path, fs::absolute(path).parent_path()}) {
    const int descriptor = ::open(each.c_str(), O_RDONLY | O_CLOEXEC);
    const bool done = descriptor >= 0 && ::fsync(descriptor) == 0;
    const int error = errno;
    if (descriptor >= 0) ::close(descriptor);
    if (!done) throw store_error{file_error("cannot flush " + each.string(), error)};
  }
}

/// Throws store_error unless it is a copy of an orderflow database that can be read to its end.
void require_sound_copy(const std::string& path, int64_t newest) {
  if (!fs::is_regular_file(path)) throw store_error{"there is no backup " + path};
  require_own_log(path);
  try {
    connection db{path, connection::mode::read};
    if (db.number("PRAGMA application_id") != our_application_id)
      throw store_error{path + " is no backup of orderflow's database"};
    const auto version = db.number("PRAGMA user_version");
    if (version > newest) {
      throw store_error{path + " was written by a newer orderflow (schema " + std::to_string(version) +
                        ", this program knows up to " + std::to_string(newest) + "); restore it with that one"};
    }
    if (const auto found = integrity_errors(db); !found.empty()) throw store_error{path + " is damaged: " + found.front()};
  } catch (const failure& e) {
    throw store_error{path + " cannot be read as a backup: " + e.what()};
  }
}

constexpr std::array parts_of_file{"", "-wal", "-shm", "-journal"};

void remove_database(const std::string& path) {
  std::error_code ignored;
  for (const auto* part : parts_of_file) fs::remove(path + part, ignored);
}

/// All pages in one step: the copy stands on one snapshot, and the writer goes on beside it. What is made is one file, which says
/// that it is a copy.
void copy_database(const std::string& from, const std::string& to) {
  {
    connection source{from, connection::mode::read};
    connection target{to, connection::mode::write};
    auto* copy = sqlite3_backup_init(target.raw(), "main", source.raw(), "main");
    if (copy == nullptr) check(target.raw(), sqlite3_extended_errcode(target.raw()));
    sqlite3_backup_step(copy, -1);
    check(target.raw(), sqlite3_backup_finish(copy));
    mark_as_copy(target);
    // Nothing may be left in the log: it does not go with the file.
    if (target.number("PRAGMA wal_checkpoint(TRUNCATE)") != 0)
      throw failure{SQLITE_BUSY, "another program has the new copy open"};
  }
  flush(to);
}

}  // namespace

sqlite_database::sqlite_database(const std::string& path) : path_{fs::absolute(path).lexically_normal().string()} {}

std::string sqlite_database::describe() const { return "sqlite:" + path_; }

std::shared_ptr<file_lock> sqlite_database::locked() {
  if (!lock_) lock_ = std::make_shared<file_lock>((fs::path{path_}.parent_path() / "orderflow.lock").string());
  return lock_;
}

int64_t sqlite_database::schema_version() const {
  require_own_log(path_);
  connection db{path_, connection::mode::read};
  const auto version = db.number("PRAGMA user_version");
  const auto owner = db.number("PRAGMA application_id");
  const bool empty = db.number("SELECT count(*) FROM sqlite_schema") == 0;
  if (!empty && owner != our_application_id) {
    throw store_error{path_ + " is a database of another program; name another file"};
  }
  if (version > newest_version()) {
    throw store_error{path_ + " was written by a newer orderflow (schema " + std::to_string(version) +
                      ", this program knows up to " + std::to_string(newest_version()) +
                      "); start the newer program, or restore a backup made by this one"};
  }
  return version;
}

void sqlite_database::create_directory() const {
  std::error_code error;
  fs::create_directories(fs::path{path_}.parent_path(), error);
  if (error) throw store_error{file_error("cannot create the directory of " + path_, error)};
}

bool sqlite_database::exists() {
  std::error_code error;
  const bool found = fs::exists(path_, error);
  if (error) throw store_error{"cannot look for " + path_ + ": " + error.message()};
  return found;
}

void sqlite_database::migrate() {
  try {
    // A present schema needs no lock: tools ask on the files of a running server.
    if (fs::exists(path_) && schema_version() == newest_version()) return;
    create_directory();
    const auto lock = locked();
    create_private_file(path_);
    if (schema_version() < newest_version()) bring_forward(path_);
  } catch (const failure& e) {
    throw store_error{"cannot bring the schema of " + path_ + " forward: " + e.what()};
  }
}

void sqlite_database::require_present_schema() const {
  if (!fs::exists(path_)) {
    throw store_error{"there is no database " + path_ +
                      ": name the right place, move the database back (with its -wal), or restore a backup (orderflow db "
                      "restore). To begin without orders: orderflow db migrate"};
  }
  try {
    if (schema_version() < newest_version()) {
      throw store_error{path_ +
                        " has an older schema; orderflow db migrate brings it forward, and so does the next start of the server"};
    }
  } catch (const failure& e) {
    const auto sentence = "cannot open " + path_ + ": " + e.what();
    if (e.is_damage()) throw store_damaged{sentence + "; restore a backup"};
    throw store_error{sentence};
  }
}

std::unique_ptr<store> sqlite_database::open_writer(uint32_t node) {
  require_present_schema();
  auto lock = locked();
  try {
    connection db{path_, connection::mode::create};
    own_log(db);
  } catch (const failure& e) {
    throw store_error{"cannot open " + path_ + " for writing: " + e.what()};
  }
  return std::make_unique<sqlite_store>(path_, std::move(lock), node);
}

std::unique_ptr<reader> sqlite_database::open_reader() {
  require_present_schema();
  return std::make_unique<sqlite_reader>(path_);
}

void sqlite_database::restore(const std::string& source) {
  require_sound_copy(source, newest_version());
  create_directory();
  const auto lock = locked();
  // A log that belongs to another database would be played into this one.
  for (const auto* part : {"", "-wal", "-shm"}) {
    if (fs::exists(path_ + part)) {
      throw store_error{path_ + part +
                        " exists; a backup is restored to where no database is: move it away, or name another file"};
    }
  }
  const auto unfinished = path_ + ".part";
  remove_database(unfinished);
  create_private_file(unfinished);
  try {
    copy_database(source, unfinished);
    fs::rename(unfinished, path_);
    flush(path_);
  } catch (const failure& e) {
    remove_database(unfinished);
    throw store_error{"cannot restore " + source + " to " + path_ + ": " + e.what()};
  } catch (const fs::filesystem_error& e) {
    remove_database(unfinished);
    throw store_error{file_error("cannot restore " + source + " to " + path_, e.code())};
  } catch (const store_error&) {
    remove_database(unfinished);
    throw;
  }
}

void sqlite_database::mark_as_copy() {
  require_present_schema();
  const auto lock = locked();
  try {
    connection db{path_, connection::mode::write};
    own_log(db);
    mark_in_place(db);
  } catch (const failure& e) {
    throw store_error{"cannot mark " + path_ + " as a copy: " + e.what()};
  }
}

void sqlite_database::backup(const std::string& target) {
  require_present_schema();
  if (!create_private_file(target)) throw store_error{"the backup's file " + target + " exists; name another one"};
  try {
    copy_database(path_, target);
  } catch (const failure& e) {
    remove_database(target);
    throw store_error{"cannot back up " + path_ + " to " + target + ": " + e.what()};
  } catch (const store_error&) {
    remove_database(target);
    throw;
  }
}

}  // namespace orderflow::sqlite
