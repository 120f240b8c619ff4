// A key in sixteen bytes. The sandbox remembers keys for ever and benchmarks give it millions: the texts would take most of
// its memory. Two different keys share a digest with a probability of about n²/2^129.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <string_view>

namespace orderflow {

/// FNV-1a, 64 bits: the same number in every process, so it may be shown to the outside.
[[nodiscard]] constexpr uint64_t stable_hash(std::string_view text) {
  uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

struct key_digest {
  uint64_t first = 0;
  uint64_t second = 0;
  bool operator==(const key_digest&) const = default;
};

[[nodiscard]] inline key_digest digest_of(std::string_view key) { return {stable_hash(key), std::hash<std::string_view>{}(key)}; }

}  // namespace orderflow

template <>
struct std::hash<orderflow::key_digest> {
  size_t operator()(const orderflow::key_digest& digest) const noexcept { return digest.second; }
};
