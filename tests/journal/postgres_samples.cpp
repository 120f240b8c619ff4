#include "tests/journal/postgres_samples.hpp"

#include <stdexcept>

namespace orderflow::test {

batch batch_of(const std::vector<append_request>& appends) {
  batch out;
  for (const auto& each : appends) out.appends.push_back(&each);
  return out;
}

plain_connection::plain_connection(const std::string& url) : link_(PQconnectdb(url.c_str()), &PQfinish) {
  if (PQstatus(link_.get()) != CONNECTION_OK) throw std::runtime_error{PQerrorMessage(link_.get())};
}

std::string plain_connection::run(const std::string& sql) {
  const std::unique_ptr<PGresult, void (*)(PGresult*)> rows{PQexec(link_.get(), sql.c_str()), &PQclear};
  if (const auto status = PQresultStatus(rows.get()); status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
    throw std::runtime_error{PQerrorMessage(link_.get())};
  }
  std::string text;
  for (int row = 0; row < PQntuples(rows.get()); ++row) {
    for (int column = 0; column < PQnfields(rows.get()); ++column) {
      if (!text.empty()) text += '\n';
      text += PQgetvalue(rows.get(), row, column);
    }
  }
  return text;
}

}  // namespace orderflow::test
