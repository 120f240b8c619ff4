#include "http/auth/signature.hpp"

#include <algorithm>

#include "base/whole_number.hpp"
#include "http/auth/mac.hpp"

namespace orderflow {

namespace {

/// A header names one signature per secret of the sender; more are not looked at.
constexpr size_t most_signatures = 8;

problem signature_problem(std::string detail) { return unauthorized("signature_must_be_valid", std::move(detail)); }

struct webhook_header {
  std::string_view time;
  std::vector<std::string_view> signatures;
};

/// Unknown schemes are passed over, so that a sender may add one.
std::optional<webhook_header> read_header(std::string_view header) {
  webhook_header read;
  while (!header.empty()) {
    const auto end = std::min(header.find(','), header.size());
    auto part = header.substr(0, end);
    header.remove_prefix(std::min(end + 1, header.size()));
    while (part.starts_with(' ')) part.remove_prefix(1);
    if (part.starts_with("t=")) {
      if (!read.time.empty()) return std::nullopt;
      read.time = part.substr(2);
    } else if (part.starts_with("v1=")) {
      if (read.signatures.size() == most_signatures) return std::nullopt;
      read.signatures.push_back(part.substr(3));
    }
  }
  if (read.time.empty() || read.signatures.empty()) return std::nullopt;
  return read;
}

std::string webhook_mac(std::string_view time, std::string_view body, const secret<std::string>& key) {
  std::string text;
  text.reserve(time.size() + 1 + body.size());
  text.append(time).append(".").append(body);
  return to_hex(hmac_sha256(key, text));
}

bool is_fresh(std::string_view time, timestamp now) {
  // Ten digits reach the year 2286; more could overflow below.
  constexpr size_t most_digits = 11;
  const auto seconds = whole_number<int64_t>(time);
  if (!seconds || time.size() > most_digits || *seconds < 0) return false;
  const auto distance = now - from_ms(*seconds * 1000);
  return distance <= webhook_window && distance >= -webhook_window;
}

}  // namespace

std::string signed_text(const signed_order& of) {
  std::string text;
  text.reserve(of.user.size() + of.token.size() + of.amount.size() + of.lines.size() * 16 + 64);
  text.append("v1\n").append(of.user).append("\n").append(of.token).append("\n").append(of.amount).append("\n");
  bool first = true;
  for (const auto& line : of.lines) {
    if (!first) text += ',';
    first = false;
    text.append(line.product).append(":").append(std::to_string(line.quantity));
  }
  if (!of.timestamp.empty() || !of.nonce.empty()) text.append("\n").append(of.timestamp).append("\n").append(of.nonce);
  return text;
}

std::string sign_order(const signed_order& of, const secret<std::string>& key) {
  return to_hex(hmac_sha256(key, signed_text(of)));
}

bool verify_order_signature(const signed_order& of, std::string_view signature, std::string_view client, const key_ring& keys) {
  const auto* known = keys.client(client);
  return known != nullptr && same_in_constant_time(sign_order(of, known->bytes), signature);
}

std::optional<problem> verify_webhook(std::string_view header, std::string_view body, const key_ring& keys, timestamp now) {
  if (header.empty()) return signature_problem("This call must be signed: X-Signature is missing.");
  const auto read = read_header(header);
  if (!read) return signature_problem("X-Signature must be t=<seconds>,v1=<hex>.");
  if (!is_fresh(read->time, now)) return signature_problem("The time in X-Signature is too far from now.");
  bool genuine = false;
  // All are compared, whichever fits: the time taken tells nothing about which secret it was.
  for (const auto& key : keys.webhook_secrets) {
    const auto expected = webhook_mac(read->time, body, key.bytes);
    for (const auto sent : read->signatures) genuine = same_in_constant_time(expected, sent) || genuine;
  }
  if (!genuine) return signature_problem("The signature in X-Signature does not fit the body.");
  return std::nullopt;
}

std::string sign_webhook(std::string_view body, const secret<std::string>& key, timestamp now) {
  const auto time = std::to_string(to_ms(now) / 1000);
  return "t=" + time + ",v1=" + webhook_mac(time, body, key);
}

}  // namespace orderflow
