#include "tests/journal/observed_plans.hpp"

#include <sqlite3.h>

#include <cstdio>
#include <fstream>
#include <mutex>
#include <regex>
#include <set>
#include <sstream>
#include <stdexcept>

#include "tests/journal/postgres_fixture.hpp"
#include "tests/journal/postgres_samples.hpp"

namespace orderflow::test {

namespace {

/// Statements of all connections of this process; the checkpointer has its own thread.
struct sqlite_record {
  std::mutex lock;
  bool on = false;
  std::set<std::string> statements;

  static sqlite_record& instance() {
    static sqlite_record one;
    return one;
  }
};

int note_statement(unsigned, void*, void* statement, void*) {
  auto& record = sqlite_record::instance();
  const std::lock_guard held{record.lock};
  if (record.on) record.statements.insert(sqlite3_sql(static_cast<sqlite3_stmt*>(statement)));
  return 0;
}

int watch_connection(sqlite3* opened, const char**, const void*) {
  return sqlite3_trace_v2(opened, SQLITE_TRACE_STMT, &note_statement, nullptr);
}

using sqlite_extension = void (*)();

class sqlite_observer final : public plan_observer {
 public:
  explicit sqlite_observer(const std::string& url) : path_(url.substr(url.find(':') + 1)) {
    auto& record = sqlite_record::instance();
    const std::lock_guard held{record.lock};
    record.statements.clear();
    sqlite3_auto_extension(reinterpret_cast<sqlite_extension>(&watch_connection));
  }
  ~sqlite_observer() override {
    switch_to(false);
    sqlite3_cancel_auto_extension(reinterpret_cast<sqlite_extension>(&watch_connection));
  }
  sqlite_observer(const sqlite_observer&) = delete;
  sqlite_observer& operator=(const sqlite_observer&) = delete;

  void begin() override { switch_to(true); }

  void analyze() override {
    const plain_file file{path_};
    if (sqlite3_exec(file.raw, "ANALYZE", nullptr, nullptr, nullptr) != SQLITE_OK) throw std::runtime_error{"no ANALYZE"};
  }

  std::vector<observed_plan> plans() override {
    switch_to(false);
    const plain_file file{path_};
    std::vector<observed_plan> found;
    for (const auto& each : sqlite_record::instance().statements) found.push_back({each, plan_of(file.raw, each)});
    return found;
  }

 private:
  struct plain_file {
    explicit plain_file(const std::string& path) {
      if (sqlite3_open(path.c_str(), &raw) != SQLITE_OK) throw std::runtime_error{"cannot open " + path};
    }
    ~plain_file() { sqlite3_close(raw); }
    plain_file(const plain_file&) = delete;
    plain_file& operator=(const plain_file&) = delete;
    sqlite3* raw = nullptr;
  };

  static void switch_to(bool on) {
    auto& record = sqlite_record::instance();
    const std::lock_guard held{record.lock};
    record.on = on;
  }

  static std::string plan_of(sqlite3* db, const std::string& statement) {
    sqlite3_stmt* raw = nullptr;
    if (sqlite3_prepare_v2(db, ("EXPLAIN QUERY PLAN " + statement).c_str(), -1, &raw, nullptr) != SQLITE_OK) return {};
    const std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)> owner{raw, &sqlite3_finalize};
    std::string plan;
    while (sqlite3_step(raw) == SQLITE_ROW)
      plan += reinterpret_cast<const char*>(sqlite3_column_text(raw, 3)) + std::string{"\n"};
    return plan;
  }

  std::string path_;
};

/// The server's own log of what it ran and how: the plans are those of the writer's and the readers' sessions themselves.
class postgres_observer final : public plan_observer {
 public:
  explicit postgres_observer(const std::string& url) : session_(url) {
    const auto database = session_.run("SELECT current_database()");
    for (const auto* setting :
         {"session_preload_libraries = 'auto_explain'", "auto_explain.log_min_duration = 0",
          "auto_explain.log_nested_statements = on", "auto_explain.log_timing = off", "auto_explain.log_level = 'log'"})
      session_.run("ALTER DATABASE " + database + " SET " + setting);
  }

  void begin() override {
    std::ifstream log{path(), std::ios::ate};
    from_ = log.tellg();
  }

  void analyze() override { session_.run("ANALYZE"); }

  std::vector<observed_plan> plans() override {
    std::ifstream log{path()};
    log.seekg(from_);
    std::vector<observed_plan> found;
    std::set<std::string> seen;
    std::string entry;
    const auto finish = [&] {
      const auto shape = std::regex_replace(entry, std::regex{R"((cost=|rows=|width=)[0-9.]+|'[^']*'::)"}, "$1");
      if (entry.find("Query Text: ") != std::string::npos && seen.insert(shape).second) found.push_back(split(entry));
      entry.clear();
    };
    for (std::string line; std::getline(log, line);) {
      if (!line.starts_with('\t')) finish();
      entry += line + "\n";
    }
    finish();
    return found;
  }

 private:
  static std::string path() { return shared_postgres().socket_folder() + "/server.log"; }

  /// The plan begins with the first line that has costs.
  static observed_plan split(const std::string& entry) {
    const auto text = entry.find("Query Text: ") + 12;
    const auto plan = entry.rfind('\n', entry.find("  (cost=")) + 1;
    return {entry.substr(text, plan - text), entry.substr(plan)};
  }

  plain_connection session_;
  std::streamoff from_ = 0;
};

bool have_auto_explain() {
  if (!have_postgres()) return false;
  try {
    plain_connection{shared_postgres().fresh_database()}.run("LOAD 'auto_explain'");
    return true;
  } catch (const std::runtime_error&) {
    std::fprintf(stderr, "SKIP plans of PostgreSQL: it has no auto_explain\n");
    return false;
  }
}

}  // namespace

std::vector<observed_store> observed_stores() {
  const auto stores = all_stores();
  std::vector<observed_store> observed;
  // A few tables have a row or two for ever: whatever way they are read is right.
  observed.push_back({stores.at(0),
                      [](const std::string& url) { return std::make_unique<sqlite_observer>(url); },
                      {"SCAN (?!CONSTANT ROW|writers|id_blocks)", "TEMP B-TREE", "AUTOMATIC"}});
  // A page of all statuses is sorted from the first of each, six times a page at most.
  if (have_auto_explain())
    observed.push_back({stores.at(1),
                        [](const std::string& url) { return std::make_unique<postgres_observer>(url); },
                        {R"(Seq Scan on (?!writers|position_base|cursors|id_blocks|schema_version))",
                         R"(Sort Key: (?!\(unnest|s_1\.listed_at))", "Hash", "Merge", "Materialize"}});
  return observed;
}

}  // namespace orderflow::test
