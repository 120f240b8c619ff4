#include "journal/postgres/backup.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <vector>

#include "base/file_error.hpp"
#include "journal/postgres/url.hpp"
#include "journal/store.hpp"

namespace orderflow::postgres {

namespace {

/// Our environment with the URL's password added; pointers stay valid while this lives.
class child_environment {
 public:
  explicit child_environment(const std::map<std::string, std::string>& parts) {
    for (char** each = environ; *each != nullptr; ++each) {
      if (std::strncmp(*each, "PGPASSWORD=", 11) != 0 || !parts.contains("password")) words_.emplace_back(*each);
    }
    if (const auto found = parts.find("password"); found != parts.end()) words_.push_back("PGPASSWORD=" + found->second);
    for (auto& word : words_) pointers_.push_back(word.data());
    pointers_.push_back(nullptr);
  }
  [[nodiscard]] char** pointers() { return pointers_.data(); }

 private:
  std::vector<std::string> words_;
  std::vector<char*> pointers_;
};

class descriptor {
 public:
  explicit descriptor(int number) : number_(number) {}
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;
  ~descriptor() { shut(); }
  [[nodiscard]] int number() const { return number_; }
  void shut() {
    if (number_ >= 0) close(number_);
    number_ = -1;
  }

 private:
  int number_;
};

std::string read_all(int from) {
  std::string text;
  std::array<char, 4096> bytes{};
  for (;;) {
    const auto got = read(from, bytes.data(), bytes.size());
    if (got > 0) text.append(bytes.data(), static_cast<size_t>(got));
    if (got == 0 || (got < 0 && errno != EINTR)) return text;
  }
}

int status_of(pid_t child) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

/// Runs one of PostgreSQL's programs; throws store_error with what it said unless it ends with 0.
void run_program(const std::map<std::string, std::string>& parts, std::vector<std::string> words) {
  words.emplace_back("--no-password");
  words.push_back("--dbname=" + conninfo_without_password(parts));
  int ends[2] = {-1, -1};
  if (pipe2(ends, O_CLOEXEC) != 0) throw store_error{std::string{"pipe: "} + std::strerror(errno)};
  descriptor out{ends[0]}, in{ends[1]};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in.number(), STDERR_FILENO);
  std::vector<char*> arguments;
  for (auto& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  child_environment environment{parts};
  pid_t child = 0;
  const int failed = posix_spawnp(&child, arguments.front(), &actions, nullptr, arguments.data(), environment.pointers());
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) {
    throw store_error{"this needs " + words.front() +
                      " on PATH (Debian: apt-get install postgresql-client): " + std::strerror(failed)};
  }
  in.shut();
  auto said = read_all(out.number());
  if (const int status = status_of(child); !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    while (!said.empty() && said.back() == '\n') said.pop_back();
    throw store_error{words.front() + " failed: " + said};
  }
}

// Durable under its final name: the file first, then the directory that names it.
void flush(const std::string& path) {
  descriptor file{open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (file.number() < 0 || fsync(file.number()) != 0) throw store_error{file_error("cannot flush " + path, errno)};
}

}  // namespace

void dump(const std::string& url, const std::string& target) {
  const auto parts = parts_of(url);
  if (access(target.c_str(), F_OK) == 0) throw store_error{target + " is there already; a backup does not overwrite anything"};
  const std::string unfinished = target + ".part";
  // Made beforehand, so that nobody else can read it while it grows.
  {
    descriptor file{open(unfinished.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)};
    if (file.number() < 0) throw store_error{file_error("cannot write " + unfinished, errno)};
  }
  try {
    // Without writers it says that it is a copy: journal/number_skip.hpp.
    run_program(parts, {"pg_dump", "--format=custom", "--exclude-table-data=writers", "--file=" + unfinished});
    flush(unfinished);
  } catch (const store_error&) {
    unlink(unfinished.c_str());
    throw;
  }
  if (std::rename(unfinished.c_str(), target.c_str()) != 0) {
    throw store_error{file_error("cannot rename " + unfinished, errno)};
  }
  const auto folder = std::filesystem::path{target}.parent_path();
  flush(folder.empty() ? "." : folder.string());
}

void undump(const std::string& url, const std::string& source) {
  if (access(source.c_str(), R_OK) != 0) throw store_error{file_error("cannot read the backup " + source, errno)};
  // In one transaction: what cannot be restored to its end leaves nothing behind.
  try {
    run_program(parts_of(url), {"pg_restore", "--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges",
                                "--format=custom", source});
  } catch (const store_error& why) {
    throw store_error{"cannot restore " + source + ": " + why.what()};
  }
}

}  // namespace orderflow::postgres
