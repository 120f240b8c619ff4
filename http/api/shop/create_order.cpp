// Creating an order. Who asks stands in the body: a bearer token, and a signature over all that counts.

#include "base/whole_number.hpp"
#include "http/api/common/pricing.hpp"
#include "http/api/shop/routes.hpp"
#include "http/auth/token.hpp"

namespace orderflow::shop {

namespace {

/// How old or how far ahead a request with a timestamp may be.
constexpr milliseconds replay_window = std::chrono::minutes{5};

/// Everything that the request says, once it is known that its sender may say it.
struct genuine_order {
  principal from;
  order_body input;
};

std::variant<principal, problem> verify_claim(const customer_claim& claim, const key_ring& keys, timestamp now) {
  if (claim.token.empty()) return unauthorized("token_must_be_given", "token is required.");
  auto verified = verify_token(claim.token, keys, now);
  if (auto* wrong = std::get_if<problem>(&verified)) return std::move(*wrong);
  auto& who = std::get<principal>(verified);
  if (who.subject != claim.user) return unauthorized("token_must_be_the_users", "The token is not that of userId.");
  return std::move(who);
}

/// Seconds since the epoch, or milliseconds where there are too many digits for that.
std::optional<timestamp> read_timestamp(const std::string& text) {
  constexpr int64_t first_ms = 100'000'000'000;
  const auto value = whole_number<int64_t>(text);
  if (!value || *value < 0 || *value > first_ms * 1000) return std::nullopt;
  return from_ms(*value < first_ms ? *value * 1000 : *value);
}

std::optional<problem> verify_signature(const order_body& input, const principal& who, const key_ring& keys, timestamp now) {
  if (input.signature.empty()) return unauthorized("signature_must_be_given", "signature is required.");
  if (!verify_order_signature(input.as_signed, input.signature, who.client, keys))
    return unauthorized("signature_must_be_valid", "The signature does not fit the request.");
  if (input.as_signed.timestamp.empty()) return std::nullopt;
  const auto at = read_timestamp(input.as_signed.timestamp);
  if (!at || now - *at > replay_window || *at - now > replay_window)
    return unauthorized("timestamp_must_be_recent", "timestamp must be the present time in seconds.");
  return std::nullopt;
}

/// `who` empty: nobody known, so that those who claim to be somebody share one measure of lines.
void refuse(dialect& api, const request& req, const responder& to, const principal& who, const std::string& claimed,
            const problem& why) {
  if (why.status == 401)
    api.context.audit.record_refusal(
        "order-refused", who, {{"reason", why.word}, {"claimed_user", claimed}, {"address", req.address}, {"request", req.id}});
  to(problem_reply(why, req.id));
}

/// Whoever sends the same token in the header has been counted there.
std::optional<problem> limit(const dialect& api, const request& req, const principal& who) {
  const auto counted = req.from.tenant == who.tenant && req.from.subject == who.subject;
  return counted || !api.context.limit ? std::nullopt : api.context.limit(who);
}

std::variant<place_order, problem> price(const dialect& api, const genuine_order& order) {
  place_order place;
  place.money = api.settings.money;
  place.timers = api.settings.timers;
  place.who.id = order.from.subject;
  sign_for(order.from, dialects::shop, order.from.subject, place.source);
  for (const auto& line : order.input.as_signed.lines) {
    place.lines.push_back({{line.product}, {}, line.quantity, price_of_catalogue, false});
  }
  if (auto wrong = price_for(api.context, order.from, false, place.money, place.lines)) return std::move(*wrong);
  std::optional<minor_units> total = 0;
  for (const auto& line : place.lines) {
    const auto price = checked_multiply(line.unit_price, line.quantity);
    total = total && price ? checked_add(*total, *price) : std::nullopt;
  }
  if (!total) return problem_of(refusal::total_must_not_overflow);
  if (*total != order.input.amount)
    return invalid({{"/orderAmount", "must be the sum of the items, which is " + fixed_text(*total, place.money)}});
  return place;
}

key_claim claim_of(const genuine_order& order, std::string key, timestamp at) {
  return claim_of_signed_order(order.from, std::move(key), hash_of(signed_text(order.input.as_signed)), at);
}

void create(dialect& api, const request& req, const responder& to, const genuine_order& order, place_order place,
            std::string key) {
  create_request ask;
  ask.at = api.context.time.now();
  ask.key = claim_of(order, std::move(key), ask.at);
  ask.what = std::move(place);
  api.context.bridge.create(std::move(ask), commit_timeout,
                            [&api, &req, to, signature = order.input.signature](std::variant<order_reply, failure> answer) {
                              const bool certain = std::holds_alternative<order_reply>(answer);
                              if (certain) api.retries.end(signature);
                              const auto outcome = outcome_of(std::move(answer));
                              if (const auto* wrong = std::get_if<problem>(&outcome)) return to(problem_reply(*wrong, req.id));
                              to(created_reply(*std::get<order_reply>(outcome).now));
                            });
}

/// Where an earlier request with this signature would be: in this span and the one before, also as the wall clock went before
/// somebody set it.
std::vector<key_claim> earlier_claims(const genuine_order& order, const clock& time) {
  std::vector<key_claim> claims;
  const auto now = time.now();
  for (const auto present : {now, time.unstepped(signed_order_retries::window)})
    for (const auto at : {present, present - signed_order_retries::window}) {
      auto key = signed_order_retries::key_at(order.input.signature, at);
      if (std::ranges::find(claims, key, &key_claim::key) == claims.end()) claims.push_back(claim_of(order, std::move(key), now));
    }
  return claims;
}

/// Finds the key of an earlier request with this signature, if that was less than five minutes ago.
void create_once(dialect& api, const request& req, const responder& to, genuine_order order, place_order place) {
  auto earlier = std::make_shared<std::string>();
  auto look = [earlier, &time = api.context.time, claims = earlier_claims(order, api.context.time)](reader& from) {
    for (const auto& claim : claims) {
      const auto found = from.find_claim(claim);
      if (found && time.is_recent(found->at, signed_order_retries::window)) *earlier = claim.key;
    }
  };
  api.context.bridge.look_up(
      std::move(look), [=, &api, &req, order = std::move(order), place = std::move(place)](const failure& failed) mutable {
        if (failed.code != errc::none) return to(problem_reply(problem_of(failed), req.id));
        const auto since = api.context.time.monotonic();
        const auto known = api.retries.under_way(order.input.signature, since);
        auto key = known               ? *known
                   : !earlier->empty() ? *earlier
                                       : signed_order_retries::key_at(order.input.signature, api.context.time.now());
        if (!known) api.retries.begin(order.input.signature, key, since);
        create(api, req, to, order, std::move(place), std::move(key));
      });
}

}  // namespace

void create_order(dialect& api, const request& req, const responder& to) {
  auto body = read_object(req.body);
  if (const auto* wrong = std::get_if<problem>(&body)) return to(problem_reply(*wrong, req.id));
  const auto& object = std::get<json_value>(body);
  auto claim = decode_claim(object);
  if (const auto* wrong = std::get_if<problem>(&claim)) return to(problem_reply(*wrong, req.id));
  const auto& [user, token] = std::get<customer_claim>(claim);
  const auto keys = api.context.keys();
  const auto now = api.context.time.now();
  auto verified = verify_claim({user, token}, *keys, now);
  if (const auto* wrong = std::get_if<problem>(&verified)) return refuse(api, req, to, {}, user, *wrong);
  genuine_order order{std::get<principal>(std::move(verified)), {}};
  if (const auto rate_limited = limit(api, req, order.from)) return to(problem_reply(*rate_limited, req.id));
  auto decoded = decode_order(object, api.settings.money);
  if (const auto* wrong = std::get_if<problem>(&decoded)) return to(problem_reply(*wrong, req.id));
  order.input = std::get<order_body>(std::move(decoded));
  order.input.as_signed.user = user;
  order.input.as_signed.token = token;
  if (const auto wrong = verify_signature(order.input, order.from, *keys, now))
    return refuse(api, req, to, order.from, user, *wrong);
  auto priced = price(api, order);
  if (const auto* wrong = std::get_if<problem>(&priced)) return to(problem_reply(*wrong, req.id));
  auto& place = std::get<place_order>(priced);
  // A nonce makes the request one of its kind for good; without one, time does.
  const auto nonce = order.input.as_signed.nonce;
  if (!nonce.empty()) return create(api, req, to, order, std::move(place), "nonce/" + nonce);
  create_once(api, req, to, std::move(order), std::move(place));
}

}  // namespace orderflow::shop
