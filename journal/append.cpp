#include "journal/append.hpp"

#include <string_view>

namespace orderflow {
namespace {

/// FNV-1a 64: offset basis and prime as published by Fowler, Noll and Vo.
constexpr uint64_t fnv_basis = 14695981039346656037U;
constexpr uint64_t fnv_prime = 1099511628211U;

uint64_t fnv(uint64_t seed, std::string_view text) {
  for (const char c : text) {
    seed ^= static_cast<uint8_t>(c);
    seed *= fnv_prime;
  }
  return seed;
}

}  // namespace

uint64_t hash_of(const std::string& scope, const std::string& key) {
  return fnv(fnv(fnv(fnv_basis, scope), std::string_view{"\0", 1}), key);
}

uint64_t hash_of(std::string_view text) { return fnv(fnv_basis, text); }

}  // namespace orderflow
