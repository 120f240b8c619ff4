#include "cli/listeners.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/ip/address.hpp>
#include <stdexcept>

#include "http/auth/principal.hpp"
#include "http/pipeline/router.hpp"

namespace orderflow {

namespace {

constexpr std::string_view token_demanded = "required";
struct dialect_name {
  std::string_view name;
  std::string_view code;  ///< As metrics have it, and files of before.
};
constexpr std::array known_dialects{dialect_name{"shop", dialects::shop},
                                    dialect_name{"orderflow_api", dialects::orderflow_api},
                                    dialect_name{"cart_workflow", dialects::cart_workflow},
                                    dialect_name{"orders_v1", dialects::orders_v1},
                                    dialect_name{dialects::ours, dialects::ours},
                                    dialect_name{dialects::dev, dialects::dev},
                                    dialect_name{dialects::probe, dialects::probe},
                                    dialect_name{dialects::metrics, dialects::metrics}};

/// Empty: there is none of that name.
std::string_view code_of(std::string_view word) {
  const auto found = std::ranges::find_if(known_dialects, [&](const auto& one) { return one.name == word || one.code == word; });
  return found == known_dialects.end() ? std::string_view{} : found->code;
}

listener_settings from_entry(const listener_entry& entry, bool dev) {
  listener_settings made;
  made.address = entry.address.host;
  made.port = entry.address.port;
  for (const auto& word : entry.dialects) made.dialects.emplace_back(code_of(word));
  made.allowed_hosts = entry.hosts;
  made.tls = {entry.certificate, entry.key};
  made.dev_endpoints = dev && is_loopback(made.address);
  if (entry.auth != token_demanded) made.fixed_principal = parse_principal(entry.auth);
  return made;
}

void check_words(const listener_entry& entry, bool dev, std::vector<std::string>& errors) {
  if (entry.auth != token_demanded && !parse_principal(entry.auth))
    errors.push_back(entry.source + ": listener.auth is '" + entry.auth +
                     "'; write required, or a principal such as service:shop (roles: customer, merchant, service, operator)");
  for (const auto& word : entry.dialects) {
    if (code_of(word).empty())
      errors.push_back(entry.source + ": listener.dialects has no '" + word +
                       "'; there are shop, orderflow_api, cart_workflow, orders_v1, ours, dev, probe and metrics");
    if (word == dialects::dev && (!dev || !is_loopback(entry.address.host)))
      errors.push_back(entry.source + ": listener.dialects has dev, which is served with --dev and on a loopback address only");
  }
}

void check_address(const listener_settings& on, const settings& from, const key_ring& keys, std::vector<std::string>& errors) {
  boost::system::error_code failed;
  const auto address = boost::asio::ip::make_address(on.address, failed);
  if (failed) {
    errors.push_back("'" + on.address + "' is no IP address to listen on; write 127.0.0.1, ::1 or another one of this machine");
    return;
  }
  if (!on.tls.certificate.empty()) {
    try {
      (void)make_tls_context(on.tls);
    } catch (const std::invalid_argument& why) {
      errors.emplace_back(why.what());
    }
  }
  if (address.is_loopback()) return;
  if (from.payment.gateway == outside_place::sandbox)
    errors.push_back("payments are made by the built-in sandbox, which is not offered to a network; '" + on.address +
                     "' is not a loopback address. Use --listen 127.0.0.1:PORT, or a payment service (payment.gateway=http).");
  if (!on.fixed_principal && keys.token_keys.empty())
    errors.push_back("there are no token keys, so nobody could be let in on '" + on.address +
                     "'; put a [[token_key]] into keys.toml in the data directory, or listen on 127.0.0.1");
}

}  // namespace

bool is_loopback(const std::string& host) { return host == "localhost" || host == "::1" || host.starts_with("127."); }

std::vector<listener_settings> listeners_of(const settings& from) {
  std::vector<listener_settings> all;
  if (from.opens_listen) {
    listener_settings first;
    first.address = from.listen.host == "localhost" ? "127.0.0.1" : from.listen.host;
    first.port = from.listen.port;
    first.dev_endpoints = from.dev;
    if (from.dev) first.fixed_principal = dev_principal();
    all.push_back(std::move(first));
  }
  for (const auto& entry : from.listeners) all.push_back(from_entry(entry, from.dev));
  return all;
}

std::vector<std::string> listener_errors(const settings& from, const key_ring& keys) {
  std::vector<std::string> errors;
  for (const auto& entry : from.listeners) check_words(entry, from.dev, errors);
  for (const auto& each : listeners_of(from)) check_address(each, from, keys, errors);
  return errors;
}

std::vector<std::string> certificate_faults(const settings& from, timestamp now) {
  std::vector<std::string> faults;
  for (const auto& each : listeners_of(from)) {
    if (each.tls.certificate.empty()) continue;
    try {
      if (auto fault = validity_fault(validity_of(*make_tls_context(each.tls)), each.tls.certificate, now); !fault.empty())
        faults.push_back(std::move(fault));
    } catch (const std::invalid_argument&) {
      continue;
    }
  }
  return faults;
}

std::string url_of(const listener_settings& on, uint16_t port) {
  const auto host = on.address.find(':') == std::string::npos ? on.address : "[" + on.address + "]";
  return (on.tls.certificate.empty() ? "http://" : "https://") + host + ":" + std::to_string(port);
}

}  // namespace orderflow
