// The cart: what is in it, with the catalogue's names and prices. Putting something in asks the inventory first.
#include "http/api/cart_workflow/routes.hpp"
#include "http/api/common/account_access.hpp"

namespace orderflow::cart_workflow {

namespace {

std::function<void(account_or_problem)> answer_with_cart(dialect& api, const request& req, const responder& to) {
  return [&api, &req, to](const account_or_problem& outcome) {
    if (const auto* wrong = std::get_if<problem>(&outcome)) return to(problem_reply(*wrong, req.id));
    const auto& kept = *std::get<std::shared_ptr<const account>>(outcome);
    reply made;
    made.body = cart_json(kept, *api.context.bridge.products(kept.who.tenant), api.settings.money);
    to(std::move(made));
  };
}

/// A product that may be in this dialect's carts, or why not.
std::optional<problem> check_product(const dialect& api, const std::string& tenant, const product_id& product) {
  const auto known = api.context.bridge.products(tenant);
  const auto found = known->products.find(product);
  if (found == known->products.end()) return problem_of(refusal::product_must_be_known, "Product ID must be valid");
  if (found->second.money != api.settings.money) return problem_of(refusal::currency_must_be_the_products);
  return std::nullopt;
}

/// What the reply shows and placing compares with: the customer is not charged more without a word.
quoted_price price_quoted(const dialect& api, const std::string& tenant, const product_id& product) {
  const auto known = api.context.bridge.products(tenant);
  const auto& item = known->products.at(product);
  return {product, item.money, item.price};
}

int64_t quantity_in(const account& kept, const product_id& product) {
  for (const auto& line : kept.cart)
    if (line.product == product) return line.quantity;
  return 0;
}

/// Where the cart would then hold more than there is: whoever repeats a keyed request has put it in already.
void refuse_or_repeat(dialect& api, const request& req, const responder& to, const account_key& who, const shortage& line) {
  auto key = key_of_command(req, {who.user, line.wanted.product.value}, api.context.time.now());
  auto* claim = std::get_if<std::optional<key_claim>>(&key);
  if (claim == nullptr || !*claim) return to(out_of_stock_reply({line}, false));
  auto known = std::make_shared<bool>(false);
  api.context.bridge.read(
      [known, input = **claim](reader& from) {
        const auto found = from.find_claim(input);
        *known = found && found->body_hash == input.body_hash;
      },
      [&api, &req, to, who, line, known](const failure& why) {
        if (why.code != errc::none) return to(problem_reply(problem_of(why), req.id));
        if (!*known) return to(out_of_stock_reply({line}, false));
        look_at_account(api.context, who, answer_with_cart(api, req, to));
      });
}

/// Puts it in if there is as much as the cart would then hold.
void put_in(dialect& api, const request& req, const responder& to, const account_key& who, const stock_line& wanted,
            const account_command& command) {
  api.context.bridge.stock_level_of(
      who.tenant, wanted.product, [&api, &req, to, who, wanted, command](std::variant<stock_level, failure> answer) {
        if (const auto* failed = std::get_if<failure>(&answer)) return to(problem_reply(problem_of(*failed), req.id));
        const auto available = std::get<stock_level>(answer).available();
        if (available < wanted.quantity) return refuse_or_repeat(api, req, to, who, {wanted, available});
        command_account(api.context, req, who, command, answer_with_cart(api, req, to), wanted.product.value);
      });
}

}  // namespace

void get_cart(dialect& api, const request& req, const responder& to) {
  const auto who = account_for(req.from, req.values[0]);
  if (!who) return to(problem_reply(user_not_found(), req.id));
  look_at_account(api.context, *who, answer_with_cart(api, req, to));
}

void post_item(dialect& api, const request& req, const responder& to) {
  const auto read = decode_add(req.body);
  if (const auto* wrong = std::get_if<problem>(&read)) return to(problem_reply(*wrong, req.id));
  const auto& command = std::get<item_body>(read);
  const auto who = account_for(req.from, command.user);
  if (!who) return to(problem_reply(user_not_found(), req.id));
  if (const auto wrong = check_product(api, who->tenant, command.product)) return to(problem_reply(*wrong, req.id));
  look_at_account(api.context, *who, [&api, &req, to, who = *who, command](const account_or_problem& outcome) {
    if (const auto* wrong = std::get_if<problem>(&outcome)) return to(problem_reply(*wrong, req.id));
    const auto held = quantity_in(*std::get<std::shared_ptr<const account>>(outcome), command.product);
    put_in(api, req, to, who, {command.product, held + command.quantity},
           add_to_cart{command.product, command.quantity, price_quoted(api, who.tenant, command.product)});
  });
}

void put_item(dialect& api, const request& req, const responder& to) {
  const auto who = account_for(req.from, req.values[0]);
  if (!who) return to(problem_reply(user_not_found(), req.id));
  const auto read = decode_quantity(req.body);
  if (const auto* wrong = std::get_if<problem>(&read)) return to(problem_reply(*wrong, req.id));
  const product_id product{req.values[1]};
  if (const auto wrong = check_product(api, who->tenant, product)) return to(problem_reply(*wrong, req.id));
  const auto quantity = std::get<int64_t>(read);
  put_in(api, req, to, *who, {product, quantity}, set_in_cart{product, quantity, price_quoted(api, who->tenant, product)});
}

void delete_item(dialect& api, const request& req, const responder& to) {
  const auto who = account_for(req.from, req.values[0]);
  if (!who) return to(problem_reply(user_not_found(), req.id));
  const product_id product{req.values[1]};
  command_account(api.context, req, *who, set_in_cart{product, 0}, answer_with_cart(api, req, to), product.value);
}

void delete_cart(dialect& api, const request& req, const responder& to) {
  const auto who = account_for(req.from, req.values[0]);
  if (!who) return to(problem_reply(user_not_found(), req.id));
  command_account(api.context, req, *who, clear_cart{}, answer_with_cart(api, req, to));
}

}  // namespace orderflow::cart_workflow
