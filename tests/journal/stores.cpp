#include "tests/journal/stores.hpp"

#include <stdlib.h>

#include <filesystem>
#include <stdexcept>

#include "tests/journal/postgres_fixture.hpp"

namespace orderflow::test {

temporary_directory::temporary_directory() {
  path_ = (std::filesystem::temp_directory_path() / "orderflow-journal-XXXXXX").string();
  if (::mkdtemp(path_.data()) == nullptr) throw std::runtime_error{"no temporary directory at " + path_};
}

temporary_directory::~temporary_directory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::vector<named_store> all_stores() {
  std::vector<named_store> stores;
  stores.push_back({"SQLite", [] {
                      auto directory = std::make_shared<temporary_directory>();
                      return store_place{"sqlite:" + directory->file("orderflow.db"), directory};
                    }});
  if (have_postgres()) {
    stores.push_back({"PostgreSQL", [] { return store_place{shared_postgres().fresh_database(), nullptr}; }});
  }
  return stores;
}

}  // namespace orderflow::test
