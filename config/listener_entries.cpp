#include "config/listener_entries.hpp"

#include <array>

#include "config/setting_values.hpp"

namespace orderflow {

namespace {

constexpr std::array keys{
    listener_key{"listener.address", "", "address", "Where this one listens; has to be there. Port 0 takes any free one."},
    listener_key{"listener.dialects", "all", "list of shop, orderflow_api, cart_workflow, orders_v1, ours, dev, probe, metrics",
                 "What is served here. dev and metrics are served nowhere else once a listener names them."},
    listener_key{"listener.auth", "`required`", "required, or a principal such as service:shop or service:shop@tenant",
                 "required: a bearer token. A principal: requests without a token speak for it, so keep the address private."},
    listener_key{"listener.hosts", "any; with a principal the loopback names", "list of names",
                 "Host headers that are answered; others are refused."},
    listener_key{"listener.tls.certificate", "", "path", "Certificate chain (PEM); with the key, HTTPS. Read anew on SIGHUP."},
    listener_key{"listener.tls.key", "", "path", "Private key of the certificate (PEM)."},
};

/// Reads the members of one entry; `told` is given the member's name and what is wrong with it.
class entry_reader {
 public:
  entry_reader(listener_entry& into, std::vector<std::string>& errors) : into_(into), errors_(errors) {}

  void read(const toml::table& from) {
    for (const auto& [key, node] : from) {
      const std::string name{key.str()};
      if (name == "address") {
        read_address(node);
      } else if (name == "auth") {
        read_text(node, name, into_.auth);
      } else if (name == "dialects") {
        read_list(node, name, into_.dialects);
      } else if (name == "hosts") {
        read_list(node, name, into_.hosts);
      } else if (name == "tls" && node.is_table()) {
        read_tls(*node.as_table());
      } else {
        wrong(name, "is not a key of the configuration; docs/configuration.md lists them all");
      }
    }
    if (!from.contains("address")) wrong("address", "is missing; write address = \"127.0.0.1:8081\"");
    if (into_.certificate.empty() != into_.key.empty()) wrong("tls", "needs both, certificate and key");
  }

 private:
  void wrong(const std::string& name, const std::string& what) {
    errors_.push_back(into_.source + ": listener." + name + " " + what);
  }
  void read_text(const toml::node& node, const std::string& name, std::string& into) {
    const auto* text = node.as_string();
    if (text == nullptr || text->get().empty()) return wrong(name, "must be a text");
    into = text->get();
  }
  void read_list(const toml::node& node, const std::string& name, std::vector<std::string>& into) {
    const auto* list = node.as_array();
    if (list == nullptr || list->empty()) return wrong(name, "must be a list of texts");
    for (const auto& each : *list) read_text(each, name, into.emplace_back());
  }
  void read_address(const toml::node& node) {
    std::string text;
    read_text(node, "address", text);
    if (text.empty()) return;
    if (const auto what = setting_values::read(into_.address, text); !what.empty()) wrong("address", what);
  }
  void read_tls(const toml::table& from) {
    for (const auto& [key, node] : from) {
      if (key.str() == "certificate") {
        read_text(node, "tls.certificate", into_.certificate);
      } else if (key.str() == "key") {
        read_text(node, "tls.key", into_.key);
      } else {
        wrong("tls." + std::string{key.str()}, "is not a key of the configuration; there are certificate and key");
      }
    }
  }

  listener_entry& into_;
  std::vector<std::string>& errors_;
};

std::string quoted(const std::string& text) {
  std::string out{'"'};
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out += '"';
}

std::string quoted_list(const std::vector<std::string>& texts) {
  std::string out{'['};
  for (const auto& each : texts) out += (out.size() > 1 ? ", " : "") + quoted(each);
  return out += ']';
}

}  // namespace

std::span<const listener_key> listener_keys() { return keys; }

void read_listeners(const toml::node& node, const std::string& source, std::vector<listener_entry>& into,
                    std::vector<std::string>& errors) {
  const auto* list = node.as_array();
  if (list == nullptr || !list->is_array_of_tables()) {
    errors.push_back(source + " line " + std::to_string(node.source().begin.line) +
                     ": listener must be written as [[listener]], once per address");
    return;
  }
  for (const auto& each : *list) {
    listener_entry entry;
    entry.source = source + " line " + std::to_string(each.source().begin.line);
    entry_reader{entry, errors}.read(*each.as_table());
    into.push_back(std::move(entry));
  }
}

std::string show_listeners(const std::vector<listener_entry>& all) {
  std::string out;
  for (const auto& each : all) {
    out += "\n[[listener]]  # " + each.source + "\naddress = " + quoted(setting_values::print(each.address)) +
           "\nauth = " + quoted(each.auth) + "\n";
    if (!each.dialects.empty()) out += "dialects = " + quoted_list(each.dialects) + "\n";
    if (!each.hosts.empty()) out += "hosts = " + quoted_list(each.hosts) + "\n";
    if (!each.certificate.empty())
      out += "tls.certificate = " + quoted(each.certificate) + "\ntls.key = " + quoted(each.key) + "\n";
  }
  return out;
}

}  // namespace orderflow
