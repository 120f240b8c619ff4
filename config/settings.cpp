#include "config/settings.hpp"

#include <toml++/toml.h>
#include <unistd.h>

#include <algorithm>
#include <sstream>

#include "base/file_error.hpp"
#include "base/nearest_word.hpp"
#include "config/listener_entries.hpp"

namespace orderflow {

namespace {

constexpr std::string_view variable_prefix = "ORDERFLOW_";

/// Names that keys had before: whoever still uses one is told the present one.
constexpr std::pair<std::string_view, std::string_view> renamed_keys[] = {
    {"notifications.per_hour", "notification.per_hour"},
    {"notifications.retry_first", "notification.retry_first"},
    {"notifications.retry_most", "notification.retry_most"},
    {"notifications.give_up_after", "notification.give_up_after"},
};

/// Names that files of before have and may keep.
constexpr std::pair<std::string_view, std::string_view> former_names[] = {
    {"currency.d0", "currency.shop"},
    {"currency.d2", "currency.orderflow_api"},
    {"currency.d3", "currency.cart_workflow"},
    {"currency.d4", "currency.orders_v1"},
};

/// The place of the key of that name, also a former one; the number of keys where there is none.
size_t place_of_key(std::string_view name) {
  const auto keys = setting_keys();
  for (const auto& [before, now] : former_names)
    if (name == before) return place_of_key(now);
  return static_cast<size_t>(std::find_if(keys.begin(), keys.end(), [&](const setting_key& key) { return key.name == name; }) -
                             keys.begin());
}

std::string did_you_mean(std::string_view wrong, std::span<const std::string_view> known) {
  const auto near = nearest_word(wrong, known);
  return near.empty() ? std::string{"; docs/configuration.md lists them all"} : "; did you mean " + std::string{near} + "?";
}

std::vector<std::string_view> key_names() {
  std::vector<std::string_view> names;
  for (const auto& key : setting_keys()) names.push_back(key.name);
  return names;
}

/// Collects values and mistakes; sources are read from the weakest to the strongest.
class loader {
 public:
  loader() { loaded_.origins.assign(setting_keys().size(), "default"); }

  void read_file(const std::string& path);
  void read_environment(const std::vector<std::string>& variables);
  void read_flags(const std::vector<flag_value>& flags);
  void compare_keys();

  loaded_settings take() { return std::move(loaded_); }

 private:
  void read_table(const toml::table& table, const std::string& prefix, const std::string& source);
  void read_node(const toml::node& node, const std::string& name, const std::string& source);
  void unknown_variable(const std::string& name, const std::vector<std::string>& known);
  void set(size_t place, std::string_view text, const std::string& source, std::string_view called);
  void unknown_key(const std::string& name, const std::string& source);

  loaded_settings loaded_;
};

void loader::unknown_key(const std::string& name, const std::string& source) {
  const auto* now = std::find_if(std::begin(renamed_keys), std::end(renamed_keys), [&](auto& one) { return one.first == name; });
  loaded_.errors.push_back(source + ": " + name +
                           (now == std::end(renamed_keys) ? " is not a key of the configuration" + did_you_mean(name, key_names())
                                                          : " has another name now; write " + std::string{now->second}));
}

void loader::set(size_t place, std::string_view text, const std::string& source, std::string_view called) {
  const auto wrong = setting_keys()[place].read(loaded_.values, text);
  if (wrong.empty()) {
    loaded_.origins[place] = source;
  } else {
    loaded_.errors.push_back((source.ends_with(called) ? source : source + ": " + std::string{called}) + " " + wrong);
  }
}

void loader::read_file(const std::string& path) {
  if (path.empty()) return;
  const std::string source = "file " + path;
  if (::access(path.c_str(), R_OK) != 0) {
    loaded_.errors.push_back(file_error(source + " cannot be read", errno));
    return;
  }
  try {
    read_table(toml::parse_file(path), "", source);
  } catch (const toml::parse_error& wrong) {
    std::ostringstream text;
    text << source << " is not TOML: " << wrong.description() << " (line " << wrong.source().begin.line << ")";
    loaded_.errors.push_back(text.str());
  }
}

void loader::read_table(const toml::table& table, const std::string& prefix, const std::string& source) {
  for (const auto& [key, node] : table) {
    const auto name = prefix + std::string{key.str()};
    const auto line = source + " line " + std::to_string(node.source().begin.line);
    if (name == "listener") {
      read_listeners(node, source, loaded_.values.listeners, loaded_.errors);
    } else if (const auto* inner = node.as_table(); inner && place_of_key(name) == setting_keys().size()) {
      read_table(*inner, name + ".", source);
    } else {
      read_node(node, name, line);
    }
  }
}

void loader::read_node(const toml::node& node, const std::string& name, const std::string& source) {
  const auto place = place_of_key(name);
  if (place == setting_keys().size()) return unknown_key(name, source);
  if (const auto* text = node.as_string()) return set(place, text->get(), source, name);
  if (const auto* number = node.as_integer()) return set(place, std::to_string(number->get()), source, name);
  if (const auto* truth = node.as_boolean()) return set(place, truth->get() ? "true" : "false", source, name);
  loaded_.errors.push_back(source + ": " + name + " must be a single value (" + std::string{setting_keys()[place].form} +
                           "), not a table, list, date or fraction");
}

void loader::read_environment(const std::vector<std::string>& variables) {
  std::vector<std::string> known;
  for (const auto& key : setting_keys()) known.push_back(environment_name(key.name));
  for (const auto& variable : variables) {
    const auto equals = variable.find('=');
    const auto name = variable.substr(0, equals);
    if (equals == std::string::npos || !name.starts_with(variable_prefix)) continue;
    auto place = static_cast<size_t>(std::find(known.begin(), known.end(), name) - known.begin());
    for (const auto& [before, now] : former_names)
      if (name == environment_name(before)) place = place_of_key(now);
    if (place < known.size()) {
      set(place, std::string_view{variable}.substr(equals + 1), "environment " + name, name);
    } else {
      unknown_variable(name, known);
    }
  }
}

/// Refused when it is like a key or in one of our sections. Others are only told: the build, the tests and container platforms
/// (ORDERFLOW_PORT for a service of our name) have variables of that prefix, too.
void loader::unknown_variable(const std::string& name, const std::vector<std::string>& known) {
  for (const auto& [before, now] : renamed_keys)
    if (name == environment_name(before))
      return loaded_.errors.push_back("environment " + name + " has another name now; write " + environment_name(now));
  // Compared without the prefix that all of them share, or every word would look alike.
  const auto bare = [](std::string_view full) { return full.substr(variable_prefix.size()); };
  std::vector<std::string_view> bare_names;
  for (const auto& one : known) bare_names.push_back(bare(one));
  const auto near = nearest_word(bare(name), bare_names);
  const bool ours = std::any_of(setting_keys().begin(), setting_keys().end(), [&](const setting_key& key) {
    const auto dot = key.name.find('.');
    return dot != std::string_view::npos && name.starts_with(environment_name(key.name.substr(0, dot + 1)));
  });
  if (near.empty() && !ours) {
    loaded_.unknown_variables.push_back(name);
    return;
  }
  const auto advice = near.empty() ? "; docs/configuration.md lists them all"
                                   : "; did you mean " + std::string{variable_prefix} + std::string{near} + "?";
  loaded_.errors.push_back("environment " + name + " is not a variable of the configuration" + advice);
}

void loader::read_flags(const std::vector<flag_value>& flags) {
  for (const auto& flag : flags) {
    const auto place = place_of_key(flag.key);
    if (place == setting_keys().size()) {
      unknown_key(flag.key, flag.source);
    } else {
      set(place, flag.value, flag.source, flag.source == "--" + flag.key ? flag.source : flag.key);
    }
  }
}

bool is_loopback(const std::string& host) { return host == "localhost" || host == "::1" || host.starts_with("127."); }

void loader::compare_keys() {
  auto& now = loaded_.values;
  now.opens_listen = now.listeners.empty() || now.dev || loaded_.origins[place_of_key("listen")] != "default";
  if (now.dev && !is_loopback(now.listen.host))
    loaded_.errors.push_back("dev (" + loaded_.origins[place_of_key("dev")] + ") lets everybody in, and listen (" +
                             loaded_.origins[place_of_key("listen")] + ") is " + now.listen.host +
                             ", which others can reach; listen on 127.0.0.1 or leave dev out");
  const auto at_most = [&](std::string_view less, milliseconds a, std::string_view more, milliseconds b) {
    if (a <= b) return;
    loaded_.errors.push_back(std::string{less} + " (" + loaded_.origins[place_of_key(less)] + ") is longer than " +
                             std::string{more} + " (" + loaded_.origins[place_of_key(more)] +
                             "); lower the first or raise the second");
  };
  const auto needs = [&](bool remote, std::string_view gateway, std::string_view url, const std::string& value) {
    if (remote && value.empty())
      loaded_.errors.push_back(std::string{gateway} + " (" + loaded_.origins[place_of_key(gateway)] + ") is http, but " +
                               std::string{url} + " names no service; set it, such as " + std::string{url} +
                               "=http://127.0.0.1:8081");
  };
  needs(now.payment.gateway == outside_place::http, "payment.gateway", "payment.url", now.payment.url);
  needs(now.notification.gateway == outside_place::http, "notification.gateway", "notification.url", now.notification.url);
  needs(now.cart.gateway == cart_place::http, "cart.gateway", "cart.url", now.cart.url);
  at_most("payment.retry_first", now.payment.retry_first, "payment.retry_most", now.payment.retry_most);
  at_most("http.wait", now.http.wait, "http.longest_wait", now.http.longest_wait);
}

/// Values have no control characters, so these two are all that a TOML string has to escape.
std::string as_toml(const setting_key& key, const std::string& text) {
  if (key.bare) return text;
  std::string quoted{'"'};
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted += '"';
}

}  // namespace

std::string journal_url(const settings& from) {
  return from.journal.empty() ? "sqlite:" + from.data + (from.data.ends_with('/') ? "" : "/") + "orderflow.db" : from.journal;
}

std::string environment_name(std::string_view key) {
  std::string name{variable_prefix};
  for (const char c : key) name += c == '.' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return name;
}

std::optional<flag_value> parse_set_flag(std::string_view text) {
  const auto equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0) return std::nullopt;
  return flag_value{std::string{text.substr(0, equals)}, std::string{text.substr(equals + 1)}, "--set"};
}

loaded_settings load_settings(const setting_sources& from) {
  loader reading;
  reading.read_file(from.file);
  reading.read_environment(from.environment);
  reading.read_flags(from.flags);
  reading.compare_keys();
  return reading.take();
}

std::vector<std::string> process_environment() {
  std::vector<std::string> variables;
  for (char** entry = ::environ; entry && *entry; ++entry) variables.emplace_back(*entry);
  return variables;
}

std::string show_settings(const loaded_settings& loaded) {
  std::string out;
  size_t place = 0;
  for (const auto& key : setting_keys())
    out += std::string{key.name} + " = " + as_toml(key, key.print(loaded.values)) + "  # " + loaded.origins[place++] + "\n";
  return out + show_listeners(loaded.values.listeners);
}

std::string settings_reference() {
  const settings defaults;
  std::string out = "| key | default | value | what it does |\n|---|---|---|---|\n";
  for (const auto& key : setting_keys()) {
    const auto text = key.print(defaults);
    out += "| `" + std::string{key.name} + "` | " + (text.empty() ? "" : "`" + text + "`") + " | " + std::string{key.form} +
           " | " + std::string{key.meaning} + " |\n";
  }
  out += "\n| key of `[[listener]]` | default | value | what it does |\n|---|---|---|---|\n";
  for (const auto& key : listener_keys())
    out += "| `" + std::string{key.name} + "` | " + std::string{key.fallback} + " | " + std::string{key.form} + " | " +
           std::string{key.meaning} + " |\n";
  return out;
}

}  // namespace orderflow
