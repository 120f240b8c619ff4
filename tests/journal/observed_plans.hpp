// Every statement that a store really runs, with the plan that it is run by. Nothing is copied from the stores, so that a new
// statement cannot be forgotten.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tests/journal/stores.hpp"

namespace orderflow::test {

struct observed_plan {
  std::string statement;
  std::string plan;
};

/// Watches from `begin` on: connections that are opened later. One at a time, and the store's database must exist.
class plan_observer {
 public:
  virtual ~plan_observer() = default;
  virtual void begin() = 0;
  /// The database takes stock of its tables, as it does by itself after a while.
  virtual void analyze() = 0;
  /// What ran since `begin`, each statement once.
  [[nodiscard]] virtual std::vector<observed_plan> plans() = 0;
};

struct observed_store {
  named_store which;
  std::function<std::unique_ptr<plan_observer>(const std::string& url)> observe;
  std::vector<std::string> bad_signs;  ///< Regular expressions: a plan with one of these reads more than it has to.
};

/// SQLite, and PostgreSQL where it is installed together with its auto_explain.
[[nodiscard]] std::vector<observed_store> observed_stores();

}  // namespace orderflow::test
