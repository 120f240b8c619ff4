#include <string_view>

#include "journal/postgres/postgres.hpp"
#include "journal/sqlite/database.hpp"
#include "journal/store.hpp"

namespace orderflow {

std::unique_ptr<database> make_database(const std::string& url) {
  constexpr std::string_view file = "sqlite:";
  const std::string_view text{url};
  if (text.starts_with(file) && text.size() > file.size()) {
    return std::make_unique<sqlite::sqlite_database>(std::string{text.substr(file.size())});
  }
  if (text.starts_with("postgresql://") || text.starts_with("postgres://")) return make_postgres_database(url);
  // The text may hold a password, so it is not repeated.
  throw store_error{"the journal's address is neither sqlite:PATH nor postgresql://…"};
}

}  // namespace orderflow
