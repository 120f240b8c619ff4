// The names of clients' intents: what makes two requests with one Idempotency-Key the same request, and no others.
// A name is (tenant, principal, route, resources as parsed) and the client's own word; however the path was spelled, it is one.
// Stored: what is made here is found again by later versions. Names that older versions gave are looked up besides, where they
// tell whose they are: a scope was joined by blanks then, and that of a command held the path as it was sent.
#pragma once

#include <initializer_list>
#include <optional>
#include <string_view>
#include <variant>

#include "http/pipeline/problem.hpp"
#include "http/pipeline/request.hpp"

namespace orderflow {

/// The request's key, or nothing where none was sent, or 400.
using sent_key = std::variant<std::optional<key_claim>, problem>;

/// Of a request that makes something new. `operation` empty: that of the request's route.
[[nodiscard]] sent_key key_of_create(const request& req, timestamp at, std::string_view operation = {});
/// Of a command to an order.
[[nodiscard]] sent_key key_of_order_command(const request& req, order_id order, timestamp at);
/// Of a command to what the tenant has besides orders: the names of it, as parsed.
[[nodiscard]] sent_key key_of_command(const request& req, std::initializer_list<std::string_view> resources, timestamp at);

/// A signed order of D0 (`key`: its signature or nonce).
[[nodiscard]] key_claim claim_of_signed_order(const principal& who, std::string key, uint64_t body_hash, timestamp at);
/// The one placement of a cart's round (D3).
[[nodiscard]] key_claim claim_of_placement(const account_key& who, uint64_t round, timestamp at);
/// The one reduction for somebody else's order (D3); `product` not empty: only that part of it.
[[nodiscard]] key_claim claim_of_reduction(const std::string& tenant, const std::string& order, std::string_view product,
                                           uint64_t body_hash, timestamp at);

}  // namespace orderflow
