// Creating an order. Who asks stands in the body: a bearer token, and a signature over all that counts.

#include "base/whole_number.hpp"
#include "http/dialects/d0.hpp"
#include "http/dialects/pricing.hpp"
#include "http/token.hpp"

namespace orderflow {

namespace {

/// How old or how far ahead a request with a timestamp may be.
constexpr milliseconds replay_window = std::chrono::minutes{5};

/// Everything that the request says, once it is known that its sender may say it.
struct genuine_order {
  principal from;
  d0_order_wish wish;
};

std::variant<principal, problem> verify_claim(const d0_claim& claim, const key_ring& keys, timestamp now) {
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

std::optional<problem> verify_signature(const d0_order_wish& wish, const principal& who, const key_ring& keys, timestamp now) {
  if (wish.signature.empty()) return unauthorized("signature_must_be_given", "signature is required.");
  if (!verify_order_signature(wish.as_signed, wish.signature, who.client, keys))
    return unauthorized("signature_must_be_valid", "The signature does not fit the request.");
  if (wish.as_signed.timestamp.empty()) return std::nullopt;
  const auto at = read_timestamp(wish.as_signed.timestamp);
  if (!at || now - *at > replay_window || *at - now > replay_window)
    return unauthorized("timestamp_must_be_recent", "timestamp must be the present time in seconds.");
  return std::nullopt;
}

/// `who` empty: nobody known, so that those who claim to be somebody share one measure of lines.
void refuse(d0_dialect& with, const request& asked, const responder& to, const principal& who, const std::string& claimed,
            const problem& why) {
  if (why.status == 401)
    with.on.audit.record_refusal(
        "order-refused", who,
        {{"reason", why.word}, {"claimed_user", claimed}, {"address", asked.address}, {"request", asked.id}});
  to(d0_problem(why, asked.id));
}

/// Whoever sends the same token in the header has been counted there.
std::optional<problem> limit(const d0_dialect& with, const request& asked, const principal& who) {
  const auto counted = asked.from.tenant == who.tenant && asked.from.subject == who.subject;
  return counted || !with.on.limit ? std::nullopt : with.on.limit(who);
}

std::variant<place_order, problem> price(const d0_dialect& with, const genuine_order& order) {
  place_order place;
  place.money = with.settings.money;
  place.timers = with.settings.timers;
  place.who.id = order.from.subject;
  sign_for(order.from, dialects::d0, order.from.subject, place.source);
  for (const auto& line : order.wish.as_signed.lines) {
    place.lines.push_back({{line.product}, {}, line.quantity, price_of_catalogue, false});
  }
  if (auto wrong = price_for(with.on, order.from, false, place.money, place.lines)) return std::move(*wrong);
  std::optional<minor_units> total = 0;
  for (const auto& line : place.lines) {
    const auto price = checked_multiply(line.unit_price, line.quantity);
    total = total && price ? checked_add(*total, *price) : std::nullopt;
  }
  if (!total) return problem_of(refusal::total_must_not_overflow);
  if (*total != order.wish.amount)
    return invalid({{"/orderAmount", "must be the sum of the items, which is " + fixed_text(*total, place.money)}});
  return place;
}

key_claim claim_of(const genuine_order& order, std::string key, timestamp at) {
  return claim_of_signed_order(order.from, std::move(key), hash_of(signed_text(order.wish.as_signed)), at);
}

void create(d0_dialect& with, const request& asked, const responder& to, const genuine_order& order, place_order place,
            std::string key) {
  create_request ask;
  ask.at = with.on.time.now();
  ask.key = claim_of(order, std::move(key), ask.at);
  ask.what = std::move(place);
  with.on.bridge.create(std::move(ask), commit_patience,
                        [&with, &asked, to, signature = order.wish.signature](std::variant<order_reply, world_error> answer) {
                          const bool certain = std::holds_alternative<order_reply>(answer);
                          if (certain) with.retries.end(signature);
                          const auto outcome = outcome_of(std::move(answer));
                          if (const auto* wrong = std::get_if<problem>(&outcome)) return to(d0_problem(*wrong, asked.id));
                          to(d0_created(*std::get<order_reply>(outcome).now));
                        });
}

/// Where an earlier request with this signature would be: in this span and the one before, also as the wall clock went before
/// somebody set it.
std::vector<key_claim> earlier_claims(const genuine_order& order, const clock& time) {
  std::vector<key_claim> claims;
  const auto now = time.now();
  for (const auto present : {now, time.unstepped(d0_retries::window)})
    for (const auto at : {present, present - d0_retries::window}) {
      auto key = d0_retries::key_at(order.wish.signature, at);
      if (std::ranges::find(claims, key, &key_claim::key) == claims.end()) claims.push_back(claim_of(order, std::move(key), now));
    }
  return claims;
}

/// Finds the key of an earlier request with this signature, if that was less than five minutes ago.
void create_once(d0_dialect& with, const request& asked, const responder& to, genuine_order order, place_order place) {
  auto earlier = std::make_shared<std::string>();
  auto look = [earlier, &time = with.on.time, claims = earlier_claims(order, with.on.time)](reader& from) {
    for (const auto& claim : claims) {
      const auto found = from.find_claim(claim);
      if (found && time.is_recent(found->at, d0_retries::window)) *earlier = claim.key;
    }
  };
  with.on.bridge.look_up(
      std::move(look), [=, &with, &asked, order = std::move(order), place = std::move(place)](const world_error& failed) mutable {
        if (failed.code != errc::none) return to(d0_problem(problem_of(failed), asked.id));
        const auto since = with.on.time.monotonic();
        const auto known = with.retries.under_way(order.wish.signature, since);
        auto key = known ? *known : !earlier->empty() ? *earlier : d0_retries::key_at(order.wish.signature, with.on.time.now());
        if (!known) with.retries.begin(order.wish.signature, key, since);
        create(with, asked, to, order, std::move(place), std::move(key));
      });
}

}  // namespace

void d0_create_order(d0_dialect& with, const request& asked, const responder& to) {
  auto body = read_object(asked.body);
  if (const auto* wrong = std::get_if<problem>(&body)) return to(d0_problem(*wrong, asked.id));
  const auto& object = std::get<json_value>(body);
  auto claim = d0_decode_claim(object);
  if (const auto* wrong = std::get_if<problem>(&claim)) return to(d0_problem(*wrong, asked.id));
  const auto& [user, token] = std::get<d0_claim>(claim);
  const auto keys = with.on.keys();
  const auto now = with.on.time.now();
  auto verified = verify_claim({user, token}, *keys, now);
  if (const auto* wrong = std::get_if<problem>(&verified)) return refuse(with, asked, to, {}, user, *wrong);
  genuine_order order{std::get<principal>(std::move(verified)), {}};
  if (const auto hasty = limit(with, asked, order.from)) return to(d0_problem(*hasty, asked.id));
  auto decoded = d0_decode_order(object, with.settings.money);
  if (const auto* wrong = std::get_if<problem>(&decoded)) return to(d0_problem(*wrong, asked.id));
  order.wish = std::get<d0_order_wish>(std::move(decoded));
  order.wish.as_signed.user = user;
  order.wish.as_signed.token = token;
  if (const auto wrong = verify_signature(order.wish, order.from, *keys, now))
    return refuse(with, asked, to, order.from, user, *wrong);
  auto priced = price(with, order);
  if (const auto* wrong = std::get_if<problem>(&priced)) return to(d0_problem(*wrong, asked.id));
  auto& place = std::get<place_order>(priced);
  // A nonce makes the request one of its kind for good; without one, time does.
  const auto nonce = order.wish.as_signed.nonce;
  if (!nonce.empty()) return create(with, asked, to, order, std::move(place), "nonce/" + nonce);
  create_once(with, asked, to, std::move(order), std::move(place));
}

}  // namespace orderflow
