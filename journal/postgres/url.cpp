#include "journal/postgres/url.hpp"

#include <libpq-fe.h>

#include <memory>

#include "journal/store.hpp"

namespace orderflow::postgres {

std::map<std::string, std::string> parts_of(const std::string& url) {
  char* why = nullptr;
  const std::unique_ptr<PQconninfoOption, void (*)(PQconninfoOption*)> options{PQconninfoParse(url.c_str(), &why),
                                                                               &PQconninfoFree};
  const std::unique_ptr<char, void (*)(void*)> message{why, &PQfreemem};
  // libpq's message quotes the URL, password and all: it is not passed on.
  if (!options) throw store_error{"the PostgreSQL URL cannot be read; it looks like postgresql://user@host:5432/name"};
  std::map<std::string, std::string> parts;
  for (const auto* each = options.get(); each->keyword != nullptr; ++each) {
    if (each->val != nullptr) parts[each->keyword] = each->val;
  }
  return parts;
}

std::string public_name(const std::map<std::string, std::string>& parts) {
  const auto part = [&](const char* name) {
    const auto found = parts.find(name);
    return found == parts.end() ? std::string{} : found->second;
  };
  std::string text = "postgresql://" + part("host");
  if (const auto port = part("port"); !port.empty()) text += ":" + port;
  return text + "/" + part("dbname");
}

std::string conninfo_without_password(const std::map<std::string, std::string>& parts) {
  std::string text;
  for (const auto& [name, value] : parts) {
    if (name == "password" || name == "sslpassword") continue;
    text += name + "='";
    for (const char c : value) {
      if (c == '\'' || c == '\\') text += '\\';
      text += c;
    }
    text += "' ";
  }
  return text;
}

}  // namespace orderflow::postgres
