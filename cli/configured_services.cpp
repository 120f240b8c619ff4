#include "cli/configured_services.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace orderflow {

namespace {

/// Of a payment's time: the client's own clock has to run out first, because only the client knows whether anything was sent.
constexpr int64_t tenths_for_the_client = 9;

milliseconds client_time(milliseconds whole) { return std::max(milliseconds{1}, whole * tenths_for_the_client / 10); }

}  // namespace

secret<std::string> read_token_file(const std::string& path) {
  if (path.empty()) return {};
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0) throw std::runtime_error{"the token's file '" + path + "' cannot be read"};
  if ((found.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    throw std::runtime_error{"the token's file '" + path + "' is open to others; run chmod 600 on it"};
  std::ifstream in{path};
  std::ostringstream text;
  if (!in || !(text << in.rdbuf())) throw std::runtime_error{"the token's file '" + path + "' cannot be read, or is empty"};
  auto token = text.str();
  while (!token.empty() && (token.back() == '\n' || token.back() == '\r')) token.pop_back();
  const bool odd = std::any_of(token.begin(), token.end(), [](char c) { return c <= 0x20 || c >= 0x7f; });
  if (token.empty() || odd) throw std::runtime_error{"the token's file '" + path + "' must hold one line with the token alone"};
  return secret{std::move(token)};
}

configured_services::configured_services(const settings& with, const clock& time) : world_(with.data + "/sandbox", time) {
  const auto client = [this]() -> http_client& {
    if (!client_) client_ = std::make_unique<http_client>();
    return *client_;
  };
  if (const auto& pay = with.payment; pay.gateway == outside_place::http)
    payments_.emplace(
        remote_payments_settings{pay.url, read_token_file(pay.token_file), client_time(pay.timeout), pay.remote_idempotent},
        client());
  if (const auto& mail = with.notification; mail.gateway == outside_place::http)
    mail_.emplace(remote_mailer_settings{mail.url, read_token_file(mail.token_file), mail.timeout}, client());
  if (const auto& cart = with.cart; cart.gateway == cart_place::http)
    carts_.emplace(remote_cart_settings{cart.url, read_token_file(cart.token_file), cart.timeout}, client());
}

payment_gateway& configured_services::payments() {
  if (payments_) return *payments_;
  return world_.payments();
}

mailer& configured_services::mail() {
  if (mail_) return *mail_;
  return world_.mailbox();
}

}  // namespace orderflow
