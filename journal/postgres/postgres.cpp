#include "journal/postgres/postgres.hpp"

#include "journal/postgres/backup.hpp"
#include "journal/postgres/copied_store.hpp"
#include "journal/postgres/reader.hpp"
#include "journal/postgres/statements.hpp"
#include "journal/postgres/store.hpp"
#include "journal/postgres/url.hpp"
#include "journal/schema/postgres.hpp"
#include "journal/schema/progress.hpp"

namespace orderflow {

namespace {

using namespace postgres;
using namespace std::chrono_literals;

/// Any number will do, as long as every orderflow takes the same: "orderflo" in ASCII.
constexpr int64_t migration_lock = 0x6f72646572666c6f;

/// A step may have to rewrite a big table.
constexpr auto migration_timeout = 1h;

constexpr const char* migration_settings =
    "SET client_encoding = 'UTF8'; SET client_min_messages = warning; SET lock_timeout = '30s'; SET statement_timeout = 0";

int64_t present_version(connection& link) {
  const auto table = link.ask("SELECT to_regclass('schema_version') IS NOT NULL", {});
  if (!table.boolean(0, 0)) return 0;
  return link.ask("SELECT coalesce(max(version), 0)::bigint FROM schema_version", {}).int8(0, 0);
}

int64_t own_version() { return static_cast<int64_t>(schema_steps().size()); }

void refuse_newer(int64_t present) {
  if (present <= own_version()) return;
  throw store_error{"the database has schema version " + std::to_string(present) + ", this binary knows " +
                    std::to_string(own_version()) + ": run the newer orderflow that wrote it"};
}

class postgres_database final : public database {
 public:
  explicit postgres_database(const std::string& url) : url_(url), name_(public_name(parts_of(url))) {}

  [[nodiscard]] bool exists() override { return version_found() > 0; }

  void migrate() override {
    try {
      connection link{url_, "orderflow-migrate", migration_settings, migration_timeout};
      link.run("BEGIN");
      // Of several nodes starting at once one migrates; the others wait here and then find nothing left to do.
      (void)link.ask("SELECT pg_advisory_xact_lock($1::bigint)", parameters{}.int8(migration_lock));
      const auto present = present_version(link);
      refuse_newer(present);
      if (present == 0)
        link.run("CREATE TABLE IF NOT EXISTS schema_version (version bigint PRIMARY KEY, at timestamptz NOT NULL)");
      const bool has_orders = present > 0 && present < own_version();
      const auto orders = has_orders ? link.ask("SELECT count(*) FROM orders", {}).int8(0, 0) : 0;
      const schema_progress progress{name_, has_orders ? present : 0, own_version(), orders};
      for (auto step = present; step < own_version(); ++step) {
        link.run(std::string{schema_steps()[static_cast<size_t>(step)]});
        (void)link.ask("INSERT INTO schema_version VALUES ($1::bigint, now())", parameters{}.int8(step + 1));
      }
      link.run("COMMIT");
      progress.done();
    } catch (const connection_lost& why) {
      throw store_error{why.what()};
    } catch (const statement_failed& why) {
      throw store_error{std::string{"cannot bring the schema forward: "} + why.what()};
    }
  }

  [[nodiscard]] std::string describe() const override { return name_; }

  [[nodiscard]] std::unique_ptr<store> open_writer(uint32_t node) override {
    check_version();
    return std::make_unique<postgres_store>(url_, node);
  }

  [[nodiscard]] std::unique_ptr<reader> open_reader() override {
    check_version();
    return std::make_unique<postgres_reader>(url_);
  }

  void backup(const std::string& target) override { dump(url_, target); }

  void restore(const std::string& source) override {
    require_empty();
    undump(url_, source);
    // Dumps of older versions hold the writers of the original.
    mark(postgres::mark_as_copy);
  }

  void mark_as_copy() override {
    check_version();
    mark(postgres::mark_in_place);
  }

 private:
  /// What `question` makes of a connection of its own. Throws store_error.
  template <class F>
  auto asked(const char* as, const char* what, F question) const {
    try {
      connection link{url_, as, reader_settings, 15s};
      return question(link);
    } catch (const connection_lost& why) {
      throw store_error{why.what()};
    } catch (const statement_failed& why) {
      throw store_error{std::string{"cannot "} + what + ": " + why.what()};
    }
  }

  int64_t version_found() const {
    return asked("orderflow-check", "read the schema's version", [](connection& link) { return present_version(link); });
  }

  void mark(void (*how)(connection&)) const {
    asked("orderflow-mark", "mark the database as a copy (before it is used: orderflow db skip-numbers)", how);
  }

  void require_empty() const {
    asked("orderflow-restore", "look into the database", [this](connection& link) {
      const auto found = link.ask(
          "SELECT c.relname::text FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE n.nspname = "
          "current_schema() AND c.relkind IN ('r', 'p', 'v', 'm', 'S') ORDER BY c.relkind, c.relname LIMIT 1",
          {});
      if (found.rows() == 0) return;
      throw store_error{name_ + " is not empty (it has " + found.text(0, 0) +
                        "); a backup is restored into an empty database: createdb makes one"};
    });
  }

  void check_version() const {
    const auto present = version_found();
    refuse_newer(present);
    if (present == 0) {
      throw store_error{name_ +
                        " has no tables of orderflow: name the right database, or restore a backup (orderflow db restore). To "
                        "begin without orders: orderflow db migrate"};
    }
    if (present < own_version()) {
      throw store_error{"the database has schema version " + std::to_string(present) + ", this binary needs " +
                        std::to_string(own_version()) + ": run orderflow db migrate"};
    }
  }

  std::string url_;
  std::string name_;
};

}  // namespace

std::unique_ptr<database> make_postgres_database(const std::string& url) { return std::make_unique<postgres_database>(url); }

}  // namespace orderflow
