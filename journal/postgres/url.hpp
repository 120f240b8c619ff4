// The parts of a connection URL.
#pragma once

#include <map>
#include <string>

namespace orderflow::postgres {

/// What the URL says, by libpq's names ("host", "dbname", "password"); nothing that it leaves open. Throws store_error.
[[nodiscard]] std::map<std::string, std::string> parts_of(const std::string& url);

/// "postgresql://host:port/name": without user, password and options, for logs.
[[nodiscard]] std::string public_name(const std::map<std::string, std::string>& parts);

/// libpq's "host=… dbname=…" of everything but the password.
[[nodiscard]] std::string conninfo_without_password(const std::map<std::string, std::string>& parts);

}  // namespace orderflow::postgres
