#include "http/api/common/idempotency.hpp"

#include "http/api/common/reading.hpp"
#include "http/pipeline/security.hpp"

namespace orderflow {

namespace {

bool has_blank(std::string_view text) { return text.find(' ') != std::string_view::npos; }

/// As older versions joined them: not every list of texts has its own.
std::string joined_by_blanks(std::initializer_list<std::string_view> parts) {
  std::string text;
  for (const auto part : parts) text.append(text.empty() ? "" : " ").append(part);
  return text;
}

void set_former(key_claim& claim, former_name name) {
  if (name.scope == claim.scope && name.key == claim.key) return;
  claim.former = std::make_shared<const former_name>(std::move(name));
}

/// `name` gives the claim its scope, and its former name if it had one. Most requests have no key: nothing is written for them.
template <class Name>
sent_key named(const request& req, timestamp at, Name name) {
  if (const auto wrong = idempotency_key_guard(req)) return *wrong;
  if (req.headers.idempotency_key.empty()) return std::nullopt;
  key_claim claim;
  claim.key = req.headers.idempotency_key;
  claim.body_hash = hash_of(req.body);
  claim.at = at;
  name(claim);
  return claim;
}

/// What was made says which tenant's it is; together with the scope's text that leaves one principal.
std::string tenant_to_check(const principal& who) { return has_blank(who.tenant) || has_blank(who.subject) ? who.tenant : ""; }

}  // namespace

sent_key key_of_create(const request& req, timestamp at, std::string_view operation) {
  return named(req, at, [&](key_claim& claim) {
    const auto& who = req.from;
    const auto method = to_string(req.method);
    const auto what = operation.empty() ? req.operation : operation;
    claim.scope = tuple_text({who.tenant, who.subject, method, what});
    set_former(claim, {joined_by_blanks({who.tenant, who.subject, method, what}), claim.key, tenant_to_check(who)});
  });
}

sent_key key_of_order_command(const request& req, order_id order, timestamp at) {
  return named(req, at, [&](key_claim& claim) {
    const auto& who = req.from;
    claim.order = order;
    claim.scope = tuple_text({who.tenant, who.subject, to_string(req.method), req.operation, std::to_string(order.value)});
    set_former(claim, {joined_by_blanks({who.tenant, who.subject, req.path}), claim.key, tenant_to_check(who)});
  });
}

sent_key key_of_command(const request& req, std::initializer_list<std::string_view> resources, timestamp at) {
  return named(req, at, [&](key_claim& claim) {
    const auto& who = req.from;
    claim.scope = tuple_text({who.tenant, who.subject, to_string(req.method), req.operation});
    for (const auto each : resources) claim.scope.append(" ").append(tuple_text({each}));
    // A row of a cart or of the stock does not say whose it is, so a name that two tenants could have had is nobody's.
    if (has_blank(who.tenant) || has_blank(who.subject)) return;
    set_former(claim, {joined_by_blanks({who.tenant, who.subject, req.path}), claim.key});
  });
}

key_claim claim_of_signed_order(const principal& who, std::string key, uint64_t body_hash, timestamp at) {
  constexpr std::string_view method = "POST";
  constexpr std::string_view operation = "/api/orders/create";
  key_claim claim;
  claim.scope = tuple_text({who.tenant, who.subject, who.client, method, operation});
  claim.key = std::move(key);
  claim.body_hash = body_hash;
  claim.at = at;
  if (!has_blank(who.subject) && !has_blank(who.client))
    set_former(claim, {joined_by_blanks({who.tenant, who.subject, who.client}).append(" POST ").append(operation), claim.key,
                       tenant_to_check(who)});
  return claim;
}

key_claim claim_of_placement(const account_key& who, uint64_t round, timestamp at) {
  const auto number = std::to_string(round);
  key_claim claim{tuple_text({who.tenant, "place"}), tuple_text({"place", who.user, number}, '/'), 0, {}, at};
  set_former(claim, {who.tenant + " place", "place/" + who.user + "/" + number});
  return claim;
}

key_claim claim_of_reduction(const std::string& tenant, const std::string& order, std::string_view product, uint64_t body_hash,
                             timestamp at) {
  const bool part = !product.empty();
  const auto ours = parse_order_id(order);
  const auto name = ours ? std::to_string(ours->value) : order;  // Every spelling of one number is one order.
  auto key = part ? tuple_text({name, product}, '/') : tuple_text({name}, '/');
  key_claim claim{tuple_text({tenant, "reduce"}), std::move(key), body_hash, {}, at};
  set_former(claim, {tenant + " reduce", part ? std::string{order}.append("/").append(product) : order});
  return claim;
}

}  // namespace orderflow
