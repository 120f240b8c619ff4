#include "journal/append.hpp"

#include <utility>

namespace orderflow {
namespace {

/// FNV-1a 64: offset basis and prime as published by Fowler, Noll and Vo.
constexpr uint64_t fnv_basis = 14695981039346656037U;
constexpr uint64_t fnv_prime = 1099511628211U;

/// The largest that `stream_key::packed` has room for.
constexpr uint64_t last_account_id = (uint64_t{1} << 59) - 1;

uint64_t fnv(uint64_t seed, std::string_view text) {
  for (const char c : text) {
    seed ^= static_cast<uint8_t>(c);
    seed *= fnv_prime;
  }
  return seed;
}

/// As in a URL: "%20" for a blank.
void append_escaped_part(std::string& text, std::string_view part, char between) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  for (const char c : part) {
    if (c != between && c != '%') {
      text += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    text += '%';
    text += digits[byte >> 4U];
    text += digits[byte & 15U];
  }
}

}  // namespace

std::string tuple_text(std::initializer_list<std::string_view> parts, char between) {
  size_t size = parts.size();
  for (const auto part : parts) size += part.size();
  std::string text;
  text.reserve(size);
  bool first = true;
  for (const auto part : parts) {
    if (!std::exchange(first, false)) text += between;
    append_escaped_part(text, part, between);
  }
  return text;
}

uint64_t hash_of(const std::string& scope, const std::string& key) {
  return fnv(fnv(fnv(fnv_basis, scope), std::string_view{"\0", 1}), key);
}

stream_key stream_of(const account_key& who) {
  return {stream_kind::account, static_cast<int64_t>(hash_of(who.tenant, who.user) & last_account_id)};
}

stream_key next_account_stream(stream_key taken) {
  return {stream_kind::account, static_cast<int64_t>((static_cast<uint64_t>(taken.id) + 1) & last_account_id)};
}

uint64_t hash_of(std::string_view text) { return fnv(fnv_basis, text); }

}  // namespace orderflow
