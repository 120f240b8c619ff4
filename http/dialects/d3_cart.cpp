// The cart: what is in it, with the catalogue's names and prices. Putting something in asks the inventory first.
#include "http/dialects/d3.hpp"
#include "http/dialects/own_account.hpp"

namespace orderflow {

namespace {

std::function<void(account_outcome)> answer_with_cart(d3_dialect& with, const request& asked, const responder& to) {
  return [&with, &asked, to](const account_outcome& outcome) {
    if (const auto* wrong = std::get_if<problem>(&outcome)) return to(d3_problem(*wrong, asked.id));
    const auto& kept = *std::get<std::shared_ptr<const account>>(outcome);
    reply made;
    made.body = d3_cart(kept, *with.on.bridge.products(kept.who.tenant), with.settings.money);
    to(std::move(made));
  };
}

/// A product that may be in this dialect's carts, or why not.
std::optional<problem> check_product(const d3_dialect& with, const std::string& tenant, const product_id& product) {
  const auto known = with.on.bridge.products(tenant);
  const auto found = known->products.find(product);
  if (found == known->products.end()) return problem_of(refusal::product_must_be_known, "Product ID must be valid");
  if (found->second.money != with.settings.money) return problem_of(refusal::currency_must_be_the_products);
  return std::nullopt;
}

/// What the reply will show: the customer is not charged more without a word.
told_price price_told(const d3_dialect& with, const std::string& tenant, const product_id& product) {
  const auto known = with.on.bridge.products(tenant);
  const auto& item = known->products.at(product);
  return {product, item.money, item.price};
}

int64_t quantity_in(const account& kept, const product_id& product) {
  for (const auto& line : kept.cart)
    if (line.product == product) return line.quantity;
  return 0;
}

/// Where the cart would then hold more than there is: whoever repeats a keyed request has put it in already.
void refuse_or_repeat(d3_dialect& with, const request& asked, const responder& to, const account_key& who,
                      const d3_shortage& line) {
  auto key = key_of_command(asked, {who.user, line.wanted.product.value}, with.on.time.now());
  auto* claim = std::get_if<std::optional<key_claim>>(&key);
  if (claim == nullptr || !*claim) return to(d3_out_of_stock({line}, false));
  auto known = std::make_shared<bool>(false);
  with.on.bridge.read(
      [known, wish = **claim](reader& from) {
        const auto found = from.find_claim(wish);
        *known = found && found->body_hash == wish.body_hash;
      },
      [&with, &asked, to, who, line, known](const world_error& why) {
        if (why.code != errc::none) return to(d3_problem(problem_of(why), asked.id));
        if (!*known) return to(d3_out_of_stock({line}, false));
        look_at_account(with.on, who, answer_with_cart(with, asked, to));
      });
}

/// Puts it in if there is as much as the cart would then hold.
void put_in(d3_dialect& with, const request& asked, const responder& to, const account_key& who, const stock_line& wanted,
            const account_command& wish) {
  with.on.bridge.stock_level_of(
      who.tenant, wanted.product, [&with, &asked, to, who, wanted, wish](std::variant<stock_level, world_error> answer) {
        if (const auto* failed = std::get_if<world_error>(&answer)) return to(d3_problem(problem_of(*failed), asked.id));
        const auto available = std::get<stock_level>(answer).available();
        if (available < wanted.quantity) return refuse_or_repeat(with, asked, to, who, {wanted, available});
        command_account(with.on, asked, who, wish, answer_with_cart(with, asked, to), wanted.product.value);
      });
}

}  // namespace

void d3_get_cart(d3_dialect& with, const request& asked, const responder& to) {
  const auto who = account_for(asked.from, asked.values[0]);
  if (!who) return to(d3_problem(user_not_found(), asked.id));
  look_at_account(with.on, *who, answer_with_cart(with, asked, to));
}

void d3_add_to_cart(d3_dialect& with, const request& asked, const responder& to) {
  const auto read = d3_decode_add(asked.body);
  if (const auto* wrong = std::get_if<problem>(&read)) return to(d3_problem(*wrong, asked.id));
  const auto& wish = std::get<d3_cart_wish>(read);
  const auto who = account_for(asked.from, wish.user);
  if (!who) return to(d3_problem(user_not_found(), asked.id));
  if (const auto wrong = check_product(with, who->tenant, wish.product)) return to(d3_problem(*wrong, asked.id));
  look_at_account(with.on, *who, [&with, &asked, to, who = *who, wish](const account_outcome& outcome) {
    if (const auto* wrong = std::get_if<problem>(&outcome)) return to(d3_problem(*wrong, asked.id));
    const auto held = quantity_in(*std::get<std::shared_ptr<const account>>(outcome), wish.product);
    put_in(with, asked, to, who, {wish.product, held + wish.quantity},
           add_to_cart{wish.product, wish.quantity, price_told(with, who.tenant, wish.product)});
  });
}

void d3_put_item(d3_dialect& with, const request& asked, const responder& to) {
  const auto who = account_for(asked.from, asked.values[0]);
  if (!who) return to(d3_problem(user_not_found(), asked.id));
  const auto read = d3_decode_quantity(asked.body);
  if (const auto* wrong = std::get_if<problem>(&read)) return to(d3_problem(*wrong, asked.id));
  const product_id product{asked.values[1]};
  if (const auto wrong = check_product(with, who->tenant, product)) return to(d3_problem(*wrong, asked.id));
  const auto quantity = std::get<int64_t>(read);
  put_in(with, asked, to, *who, {product, quantity}, set_in_cart{product, quantity, price_told(with, who->tenant, product)});
}

void d3_delete_item(d3_dialect& with, const request& asked, const responder& to) {
  const auto who = account_for(asked.from, asked.values[0]);
  if (!who) return to(d3_problem(user_not_found(), asked.id));
  const product_id product{asked.values[1]};
  command_account(with.on, asked, *who, set_in_cart{product, 0}, answer_with_cart(with, asked, to), product.value);
}

void d3_clear_cart(d3_dialect& with, const request& asked, const responder& to) {
  const auto who = account_for(asked.from, asked.values[0]);
  if (!who) return to(d3_problem(user_not_found(), asked.id));
  command_account(with.on, asked, *who, clear_cart{}, answer_with_cart(with, asked, to));
}

}  // namespace orderflow
