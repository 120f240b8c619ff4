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
constexpr std::array known_dialects{dialects::shop, dialects::orderflow_api, dialects::cart_workflow, dialects::orders_v1,
                                    dialects::ours, dialects::dev,           dialects::probe,         dialects::metrics};

listener_settings from_entry(const listener_entry& entry, bool dev) {
  listener_settings made;
  made.address = entry.address.host;
  made.port = entry.address.port;
  made.dialects = entry.dialects;
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
    if (std::find(known_dialects.begin(), known_dialects.end(), word) == known_dialects.end())
      errors.push_back(entry.source + ": listener.dialects has no '" + word +
                       "'; there are d0, d2, d3, d4, ours, dev, probe and metrics");
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
