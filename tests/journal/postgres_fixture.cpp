#include "tests/journal/postgres_fixture.hpp"

#include <libpq-fe.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <stdexcept>

#include "tests/source_dir.hpp"

namespace orderflow::test {

namespace {

struct ended {
  int status = 0;
  std::string said;
};

ended run_script(const std::string& environment, const std::string& arguments) {
  const auto command = environment + " '" ORDERFLOW_SOURCE_DIR "/scripts/pg-private' " + arguments + " 2>&1";
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error{"popen failed"};
  ended out;
  std::array<char, 512> bytes{};
  for (size_t got = 0; (got = fread(bytes.data(), 1, bytes.size(), pipe)) > 0;) out.said.append(bytes.data(), got);
  const int status = pclose(pipe);
  out.status = WIFEXITED(status) ? WEXITSTATUS(status) : 1;
  return out;
}

void run_or_throw(const std::string& environment, const std::string& arguments) {
  if (const auto end = run_script(environment, arguments); end.status != 0) throw std::runtime_error{end.said};
}

constexpr int no_binaries = 77;

bool look_for_binaries() {
  // Stopping what is not there: only the look for the binaries can end with that code.
  const auto end = run_script("", "stop /nonexistent");
  if (end.status == no_binaries) std::fprintf(stderr, "SKIP PostgreSQL tests: %s", end.said.c_str());
  return end.status != no_binaries;
}

}  // namespace

std::string url_at(const std::string& folder, const std::string& database) {
  return "postgresql://orderflow@/" + database + "?host=" + folder;
}

bool have_postgres() {
  static const bool have = look_for_binaries();
  return have;
}

postgres_cluster& shared_postgres() {
  static postgres_cluster shared{false};
  return shared;
}

postgres_cluster::postgres_cluster(bool durable) {
  char name[] = "/tmp/orderflow-pg-XXXXXX";
  if (mkdtemp(name) == nullptr) throw std::runtime_error{"mkdtemp failed"};
  folder_ = name;
  std::string environment = "PG_PRIVATE_WHILE=" + std::to_string(getpid());
  if (!durable) environment += " PG_PRIVATE_SETTINGS='fsync=off full_page_writes=off'";
  run_or_throw(environment, "start " + folder_);
}

postgres_cluster::~postgres_cluster() {
  (void)run_script("", "stop " + folder_);
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void postgres_cluster::restart() { run_or_throw("", "restart " + folder_); }
void postgres_cluster::stop() { run_or_throw("", "stop " + folder_); }
void postgres_cluster::start() { run_or_throw("", "start " + folder_); }

std::string postgres_cluster::fresh_name() {
  const auto name = "case_" + std::to_string(++databases_);
  const std::unique_ptr<PGconn, void (*)(PGconn*)> link{PQconnectdb(url_at(folder_, "postgres").c_str()), &PQfinish};
  const std::unique_ptr<PGresult, void (*)(PGresult*)> made{PQexec(link.get(), ("CREATE DATABASE " + name).c_str()), &PQclear};
  if (PQresultStatus(made.get()) != PGRES_COMMAND_OK) throw std::runtime_error{PQerrorMessage(link.get())};
  return name;
}

}  // namespace orderflow::test
