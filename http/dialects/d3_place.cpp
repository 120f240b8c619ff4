// Placing what is in the cart. One placement per round of the cart: a second click is the first order.
#include "domain/order/decide.hpp"
#include "http/dialects/d3.hpp"
#include "http/dialects/own_account.hpp"

namespace orderflow {

namespace {

/// How long an empty cart is taken for the second click on an order that has just been placed.
constexpr auto second_click = std::chrono::minutes{5};

struct placing {
  d3_dialect& with;
  const request& asked;
  responder to;
  account_key who;
  std::optional<key_claim> key;      ///< The client's own, besides the cart's round.
  std::optional<minor_units> total;  ///< What the client takes the cart to cost.
};

problem cart_is_empty() {
  problem made;
  made.status = 409;
  made.word = "cart_must_not_be_empty";
  made.detail = "The cart is empty: put something in before placing an order.";
  return made;
}

reply order_answer(uint16_t status, const order& now) {
  reply made;
  made.status = status;
  json_writer out{made.body};
  d3_write_order(out, now);
  made.header("ETag", etag_of(now.version));
  made.header("Location", "/api/orders/" + std::to_string(now.id.value));
  return made;
}

reply payment_failed(const order& now) {
  reply made;
  made.status = d3_status_of(now);
  made.body = d3_payment(now);
  return made;
}

void answer_placed(const placing& of, const order& now) {
  if (now.status == order_status::cancelled) {
    if (now.cancelled_because == cancel_reason::out_of_stock) return d3_answer_shortage(of.with.on, now, false, of.asked, of.to);
    if (now.cancelled_because == cancel_reason::declined) return of.to(payment_failed(now));
    return of.to(d3_problem(problem_of(refusal::order_must_not_be_cancelled), of.asked.id));
  }
  switch (d3_payment_of(now)) {
    case d3_payment_state::success:
    case d3_payment_state::refunding:
    case d3_payment_state::refunded: return of.to(order_answer(201, now));
    case d3_payment_state::failed: return of.to(payment_failed(now));
    case d3_payment_state::pending: return of.to(order_answer(202, now));
  }
}

/// How the order stands that was placed before, whatever has become of the cart since; waits as the first did.
void answer_first_order(const placing& of, order_id first) {
  order_request look;
  look.order = first;
  ask_order(of.with.on, of.asked, std::move(look), d3_patience(of.with, of.asked),
            [of](std::variant<order_reply, world_error> answer) {
              const auto outcome = outcome_of(std::move(answer));
              if (const auto* wrong = std::get_if<problem>(&outcome)) return of.to(d3_problem(*wrong, of.asked.id));
              answer_placed(of, *std::get<order_reply>(outcome).now);
            });
}

/// The order of the round before, if it has just been bought.
void answer_second_click(const placing& of, uint64_t round) {
  auto found = std::make_shared<std::optional<key_claim>>();
  of.with.on.bridge.read(
      [found, wish = claim_of_placement(of.who, round - 1, {})](reader& from) { *found = from.find_claim(wish); },
      [of, found](const world_error& why) {
        if (why.code != errc::none) return of.to(d3_problem(problem_of(why), of.asked.id));
        if (!*found) return of.to(d3_problem(cart_is_empty(), of.asked.id));
        look_at(of.with.on, of.asked, (**found).order, std::nullopt, [of](const order_outcome& outcome) {
          const auto* told = std::get_if<order_reply>(&outcome);
          const auto recent = told && told->now->status != order_status::cancelled &&
                              of.with.on.time.is_recent(told->now->placed_at, second_click);
          if (!recent) return of.to(d3_problem(cart_is_empty(), of.asked.id));
          answer_placed(of, *told->now);
        });
      });
}

place_order order_of(const placing& of, const account& kept) {
  place_order wish;
  sign_for(of.asked.from, "d3", of.who.user, wish.source);
  wish.who = {of.who.user, kept.reach.email, kept.reach.name, kept.reach.phone, kept.reach.address};
  wish.money = of.with.settings.money;
  for (const auto& line : kept.cart) wish.lines.push_back({line.product, "", line.quantity, price_of_catalogue, false});
  wish.timers = of.with.settings.timers;
  wish.decline_cancels = true;
  wish.cart = cart_claim{of.who.user, kept.round};
  return wish;
}

void create(const placing& of, place_order wish) {
  create_request ask;
  ask.at = of.with.on.time.now();
  // A new order of the round, or the one that the round already has. The content is no part of it: a cart that was changed in
  // between does not make a second order while the first is undecided.
  ask.key = claim_of_placement(of.who, wish.cart->round, ask.at);
  ask.also = of.key;
  ask.what = std::move(wish);
  const auto patience = d3_patience(of.with, of.asked);
  const bool waits = patience.count() > 0 && of.with.on.gate.enter_wait();
  ask.when = waits ? answer_when::settled : answer_when::committed;
  of.with.on.bridge.create(std::move(ask), waits ? patience : commit_patience,
                           [of, waits](std::variant<order_reply, world_error> answer) {
                             if (waits) of.with.on.gate.leave_wait();
                             const auto outcome = outcome_of(std::move(answer));
                             if (const auto* wrong = std::get_if<problem>(&outcome))
                               return of.to(d3_problem(*wrong, of.asked.id));
                             answer_placed(of, *std::get<order_reply>(outcome).now);
                           });
}

/// Nobody is charged more than he was told, nor anything else than he says. Charging less is no surprise.
bool costs_as_told(const placing& of, const cart_prices& found) {
  return of.total ? *of.total == found.total : found.total <= found.told;
}

/// A second click on a cart that is being placed is the first order, also when a price has changed in between. The refusal
/// itself changes nothing: whoever sends the same again, as a double click or a retry does, has not seen it and gets it again.
void refuse_price(const placing& of, uint64_t round, cart_prices found) {
  auto first = std::make_shared<std::optional<key_claim>>();
  of.with.on.bridge.look_up(
      [first, wish = claim_of_placement(of.who, round, {})](reader& from) { *first = from.find_claim(wish); },
      [of, first, found = std::move(found)](const world_error& why) {
        if (why.code != errc::none) return of.to(d3_problem(problem_of(why), of.asked.id));
        if (*first) return answer_first_order(of, (**first).order);
        of.to(d3_price_changed(found, of.total, of.with.settings.money));
      });
}

void place_cart(const placing& of, const account& kept, payment_choice choice) {
  if (kept.cart.empty() && kept.round > 1) return answer_second_click(of, kept.round);
  if (kept.cart.empty()) return of.to(d3_problem(cart_is_empty(), of.asked.id));
  auto wish = order_of(of, kept);
  const auto why = price_lines(*of.with.on.bridge.products(of.who.tenant), wish.money, {false, false}, wish.lines);
  if (why != refusal::none) return of.to(d3_problem(problem_of(why), of.asked.id));
  // Without one the order's own rules say that no order may cost so much.
  auto found = compare_prices(kept.told, wish.money, wish.lines);
  if (found && !costs_as_told(of, *found)) return refuse_price(of, kept.round, std::move(*found));
  choose_method(of.with.on, of.who, std::move(choice), [of, wish = std::move(wish)](const chosen_method& chosen) mutable {
    if (const auto* wrong = std::get_if<problem>(&chosen)) return of.to(d3_problem(*wrong, of.asked.id));
    wish.pay_with = std::get<stored_method>(chosen).token;
    create(of, std::move(wish));
  });
}

/// What is in the other service's cart, at the prices shown there.
void take_over(const fetched_cart& cart, currency money, account& into) {
  into.cart = cart.lines;
  into.told.clear();
  for (size_t i = 0; i < cart.prices.size(); ++i) {
    const auto shown = parse_amount(cart.prices[i], money);
    if (shown.error == amount_error::none) into.told.push_back({cart.lines[i].product, money, shown.amount});
  }
}

/// The round is always our account's; what is in the cart may be another service's to say.
void place_what_is_there(const placing& of, const account& kept, payment_choice choice) {
  if (!of.with.settings.foreign_carts) return place_cart(of, kept, std::move(choice));
  auto placed = [of, kept = account{kept}, choice = std::move(choice)](std::variant<fetched_cart, world_error> answer) mutable {
    if (const auto* failed = std::get_if<world_error>(&answer)) return of.to(d3_problem(problem_of(*failed), of.asked.id));
    take_over(std::get<fetched_cart>(answer), of.with.settings.money, kept);
    place_cart(of, kept, std::move(choice));
  };
  of.with.on.bridge.foreign_cart(of.who.user, std::move(placed));
}

void place(const placing& of, const payment_choice& choice) {
  look_at_account(of.with.on, of.who, [of, choice](const account_outcome& outcome) {
    if (const auto* wrong = std::get_if<problem>(&outcome)) return of.to(d3_problem(*wrong, of.asked.id));
    place_what_is_there(of, *std::get<std::shared_ptr<const account>>(outcome), choice);
  });
}

void repeat(const placing& of, const key_claim& known) {
  if (known.body_hash != of.key->body_hash) return of.to(d3_problem(key_has_other_body(), of.asked.id));
  answer_first_order(of, known.order);
}

/// The key before the cart: the first request with it has changed the cart that its repeat names.
void place_once(const placing& of, const payment_choice& choice) {
  auto found = std::make_shared<std::optional<key_claim>>();
  of.with.on.bridge.look_up([found, key = *of.key](reader& from) { *found = from.find_claim(key); },
                            [of, choice, found](const world_error& why) {
                              if (why.code != errc::none) return of.to(d3_problem(problem_of(why), of.asked.id));
                              if (*found) return repeat(of, **found);
                              place(of, choice);
                            });
}

}  // namespace

void d3_place(d3_dialect& with, const request& asked, const responder& to) {
  auto read = d3_decode_place(asked.body, with.settings.money);
  if (const auto* wrong = std::get_if<problem>(&read)) return to(d3_problem(*wrong, asked.id));
  auto& wish = std::get<d3_place_wish>(read);
  const auto who = account_for(asked.from, wish.user);
  if (!who) return to(d3_problem(user_not_found(), asked.id));
  auto key = key_of_create(asked, with.on.time.now());
  if (const auto* wrong = std::get_if<problem>(&key)) return to(d3_problem(*wrong, asked.id));
  const placing of{with, asked, to, *who, std::get<std::optional<key_claim>>(std::move(key)), wish.total};
  of.key ? place_once(of, wish.with) : place(of, wish.with);
}

}  // namespace orderflow
