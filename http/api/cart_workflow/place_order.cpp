// Placing what is in the cart. One placement per round of the cart: a second click is the first order.
#include "domain/order/decide.hpp"
#include "http/api/cart_workflow/routes.hpp"
#include "http/api/common/account_access.hpp"

namespace orderflow::cart_workflow {

namespace {

/// How long an empty cart is taken for the second click on an order that has just been placed.
constexpr auto second_click = std::chrono::minutes{5};

struct placing {
  dialect& api;
  const request& req;
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
  write_order(out, now);
  made.header("ETag", etag_of(now.version));
  made.header("Location", "/api/orders/" + std::to_string(now.id.value));
  return made;
}

reply payment_failed(const order& now) {
  reply made;
  made.status = http_status_of(now);
  made.body = payment_json(now);
  return made;
}

void answer_placed(const placing& of, const order& now) {
  if (now.status == order_status::cancelled) {
    if (now.cancelled_because == cancel_reason::out_of_stock) return answer_shortage(of.api.context, now, false, of.req, of.to);
    if (now.cancelled_because == cancel_reason::declined) return of.to(payment_failed(now));
    return of.to(problem_reply(problem_of(refusal::order_must_not_be_cancelled), of.req.id));
  }
  switch (payment_state_of(now)) {
    case payment_state::success:
    case payment_state::refunding:
    case payment_state::refunded: return of.to(order_answer(201, now));
    case payment_state::failed: return of.to(payment_failed(now));
    case payment_state::pending: return of.to(order_answer(202, now));
  }
}

/// How the order stands that was placed before, whatever has become of the cart since; waits as the first did. From now on the
/// client's key names that order.
void answer_first_order(const placing& of, order_id first) {
  order_request look;
  look.order = first;
  if (of.key) {
    look.key = of.key;
    look.key->order = first;
    look.repeat = true;
  }
  ask_order(of.api.context, of.req, std::move(look), usual_wait_of(of.api, of.req),
            [of](std::variant<order_reply, failure> answer) {
              const auto outcome = outcome_of(std::move(answer));
              if (const auto* wrong = std::get_if<problem>(&outcome)) return of.to(problem_reply(*wrong, of.req.id));
              answer_placed(of, *std::get<order_reply>(outcome).now);
            });
}

/// The order of the round before, if it has just been bought.
void answer_second_click(const placing& of, uint64_t round) {
  auto found = std::make_shared<std::optional<key_claim>>();
  of.api.context.bridge.read(
      [found, input = claim_of_placement(of.who, round - 1, {})](reader& from) { *found = from.find_claim(input); },
      [of, found](const failure& why) {
        if (why.code != errc::none) return of.to(problem_reply(problem_of(why), of.req.id));
        if (!*found) return of.to(problem_reply(cart_is_empty(), of.req.id));
        look_at(of.api.context, of.req, (**found).order, std::nullopt, [of](const order_or_problem& outcome) {
          const auto* told = std::get_if<order_reply>(&outcome);
          const auto recent = told && told->now->status != order_status::cancelled &&
                              of.api.context.time.is_recent(told->now->placed_at, second_click);
          if (!recent) return of.to(problem_reply(cart_is_empty(), of.req.id));
          of.key ? answer_first_order(of, told->now->id) : answer_placed(of, *told->now);
        });
      });
}

place_order order_of(const placing& of, const account& kept) {
  place_order command;
  sign_for(of.req.from, "d3", of.who.user, command.source);
  command.who = {of.who.user, kept.reach.email, kept.reach.name, kept.reach.phone, kept.reach.address};
  command.money = of.api.settings.money;
  for (const auto& line : kept.cart) command.lines.push_back({line.product, "", line.quantity, price_of_catalogue, false});
  command.timers = of.api.settings.timers;
  command.decline_cancels = true;
  command.cart = cart_claim{of.who.user, kept.round};
  return command;
}

void create(const placing& of, place_order command) {
  create_request ask;
  ask.at = of.api.context.time.now();
  // A new order of the round, or the one that the round already has. The content is no part of it: a cart that was changed in
  // between does not make a second order while the first is undecided.
  ask.key = claim_of_placement(of.who, command.cart->round, ask.at);
  ask.also = of.key;
  ask.what = std::move(command);
  const auto timeout = usual_wait_of(of.api, of.req);
  const bool waits = timeout.count() > 0 && of.api.context.admission.enter_wait();
  ask.when = waits ? answer_when::settled : answer_when::committed;
  of.api.context.bridge.create(std::move(ask), waits ? timeout : commit_timeout,
                               [of, waits](std::variant<order_reply, failure> answer) {
                                 if (waits) of.api.context.admission.leave_wait();
                                 const auto outcome = outcome_of(std::move(answer));
                                 if (const auto* wrong = std::get_if<problem>(&outcome))
                                   return of.to(problem_reply(*wrong, of.req.id));
                                 answer_placed(of, *std::get<order_reply>(outcome).now);
                               });
}

/// Nobody is charged more than he was told, nor anything else than he says. Charging less is no surprise.
bool matches_quote(const placing& of, const cart_prices& found) {
  return of.total ? *of.total == found.total : found.total <= found.told;
}

/// A second click on a cart that is being placed is the first order, also when a price has changed in between. The refusal
/// itself changes nothing: whoever sends the same again, as a double click or a retry does, has not seen it and gets it again.
void refuse_price(const placing& of, uint64_t round, cart_prices found) {
  auto first = std::make_shared<std::optional<key_claim>>();
  of.api.context.bridge.look_up(
      [first, input = claim_of_placement(of.who, round, {})](reader& from) { *first = from.find_claim(input); },
      [of, first, found = std::move(found)](const failure& why) {
        if (why.code != errc::none) return of.to(problem_reply(problem_of(why), of.req.id));
        if (*first) return answer_first_order(of, (**first).order);
        of.to(price_changed_reply(found, of.total, of.api.settings.money));
      });
}

void place_cart(const placing& of, const account& kept, payment_choice choice) {
  if (kept.cart.empty() && kept.round > 1) return answer_second_click(of, kept.round);
  if (kept.cart.empty()) return of.to(problem_reply(cart_is_empty(), of.req.id));
  auto command = order_of(of, kept);
  const auto why = price_lines(*of.api.context.bridge.products(of.who.tenant), command.money, {false, false}, command.lines);
  if (why != refusal::none) return of.to(problem_reply(problem_of(why), of.req.id));
  // Without one the order's own rules say that no order may cost so much.
  auto found = compare_prices(kept.told, command.money, command.lines);
  if (found && !matches_quote(of, *found)) return refuse_price(of, kept.round, std::move(*found));
  choose_method(of.api.context, of.who, std::move(choice),
                [of, command = std::move(command)](const chosen_method& chosen) mutable {
                  if (const auto* wrong = std::get_if<problem>(&chosen)) return of.to(problem_reply(*wrong, of.req.id));
                  command.pay_with = std::get<stored_method>(chosen).token;
                  create(of, std::move(command));
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
  if (!of.api.settings.foreign_carts) return place_cart(of, kept, std::move(choice));
  auto placed = [of, kept = account{kept}, choice = std::move(choice)](std::variant<fetched_cart, failure> answer) mutable {
    if (const auto* failed = std::get_if<failure>(&answer)) return of.to(problem_reply(problem_of(*failed), of.req.id));
    take_over(std::get<fetched_cart>(answer), of.api.settings.money, kept);
    place_cart(of, kept, std::move(choice));
  };
  of.api.context.bridge.foreign_cart(of.who.user, std::move(placed));
}

void place(const placing& of, const payment_choice& choice) {
  look_at_account(of.api.context, of.who, [of, choice](const account_or_problem& outcome) {
    if (const auto* wrong = std::get_if<problem>(&outcome)) return of.to(problem_reply(*wrong, of.req.id));
    place_what_is_there(of, *std::get<std::shared_ptr<const account>>(outcome), choice);
  });
}

void repeat(const placing& of, const key_claim& known) {
  if (known.body_hash != of.key->body_hash) return of.to(problem_reply(key_has_other_body(), of.req.id));
  answer_first_order(of, known.order);
}

/// The key before the cart: the first request with it has changed the cart that its repeat names.
void place_once(const placing& of, const payment_choice& choice) {
  auto found = std::make_shared<std::optional<key_claim>>();
  of.api.context.bridge.look_up([found, key = *of.key](reader& from) { *found = from.find_claim(key); },
                                [of, choice, found](const failure& why) {
                                  if (why.code != errc::none) return of.to(problem_reply(problem_of(why), of.req.id));
                                  if (*found) return repeat(of, **found);
                                  place(of, choice);
                                });
}

}  // namespace

void post_order(dialect& api, const request& req, const responder& to) {
  auto read = decode_place(req.body, api.settings.money);
  if (const auto* wrong = std::get_if<problem>(&read)) return to(problem_reply(*wrong, req.id));
  auto& command = std::get<place_body>(read);
  const auto who = account_for(req.from, command.user);
  if (!who) return to(problem_reply(user_not_found(), req.id));
  auto key = key_of_create(req, api.context.time.now());
  if (const auto* wrong = std::get_if<problem>(&key)) return to(problem_reply(*wrong, req.id));
  const placing of{api, req, to, *who, std::get<std::optional<key_claim>>(std::move(key)), command.total};
  of.key ? place_once(of, command.choice) : place(of, command.choice);
}

}  // namespace orderflow::cart_workflow
