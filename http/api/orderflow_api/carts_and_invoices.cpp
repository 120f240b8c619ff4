// The cart and its invoice, which is the checkout.
#include "http/api/common/pricing.hpp"
#include "http/api/orderflow_api/routes.hpp"

namespace orderflow::orderflow_api {

namespace {

std::variant<std::vector<order_line>, problem> priced(const dialect& api, const request& req, const cart_body& cart,
                                                      currency money) {
  auto lines = order_lines_of(cart.items, money);
  if (std::holds_alternative<problem>(lines)) return lines;
  auto wrong =
      price_for(api.context, req.from, api.settings.unknown_products_allowed, money, std::get<std::vector<order_line>>(lines));
  if (wrong) return std::move(*wrong);
  return lines;
}

/// A repeat shows what is in the cart now, not what it was once sent with.
std::vector<item_body> items_of(const order& now) {
  std::vector<item_body> items;
  for (const auto& line : now.lines) {
    json_value price;
    price.is = json_value::kind::number;
    price.text = shortest_text(line.unit_price, now.money);
    items.push_back({line.product, line.quantity, std::move(price)});
  }
  return items;
}

reply cart_reply(std::variant<order_reply, failure> answer, const std::vector<item_body>& items, std::string_view request_id) {
  const auto outcome = outcome_of(std::move(answer));
  if (const auto* wrong = std::get_if<problem>(&outcome)) return problem_reply(*wrong, request_id);
  const auto& told = std::get<order_reply>(outcome);
  const auto& now = *told.now;
  return reply_of_order(200, cart_json(now, told.outcome == order_outcome::repeated ? items_of(now) : items), now);
}

void open(dialect& api, const request& req, const responder& to, cart_body& cart) {
  if (const auto wrong = untagged_condition_guard(req)) return to(problem_reply(*wrong, req.id));
  open_cart command;
  command.money = cart.money.value_or(api.settings.default_currency);
  auto lines = priced(api, req, cart, command.money);
  if (const auto* wrong = std::get_if<problem>(&lines)) return to(problem_reply(*wrong, req.id));
  command.lines = std::get<std::vector<order_line>>(std::move(lines));
  command.who.id = cart.customer;
  command.timers = api.settings.timers;
  command.tax = api.settings.tax;
  sign_for(req.from, "d2", cart.customer, command.source);
  create_request ask;
  ask.at = api.context.time.now();
  auto key = key_of_create(req, ask.at);
  if (const auto* wrong = std::get_if<problem>(&key)) return to(problem_reply(*wrong, req.id));
  ask.key = std::move(std::get<std::optional<key_claim>>(key));
  ask.what = std::move(command);
  api.context.bridge.create(std::move(ask), commit_timeout,
                            [&req, to, items = std::move(cart.items)](std::variant<order_reply, failure> answer) {
                              to(cart_reply(std::move(answer), items, req.id));
                            });
}

void replace(dialect& api, const request& req, const responder& to, const cart_body& cart, const order& now) {
  if (const auto wrong = check_owner(now, cart.customer)) return to(problem_reply(*wrong, req.id));
  auto lines = priced(api, req, cart, now.money);
  if (const auto* wrong = std::get_if<problem>(&lines)) return to(problem_reply(*wrong, req.id));
  order_request ask;
  ask.order = now.id;
  ask.command = order_command{replace_lines{std::get<std::vector<order_line>>(std::move(lines))}, api.context.time.now()};
  ask_order(api.context, req, std::move(ask), milliseconds{0},
            [&req, to, items = cart.items](std::variant<order_reply, failure> answer) {
              to(cart_reply(std::move(answer), items, req.id));
            });
}

/// The inventory's answer decides whether there is an invoice; other orders have been decided long ago.
milliseconds timeout_for(const dialect& api, const request& req, const order& now) {
  const bool decided = !now.pending_for(pending_reason::awaiting_checkout) && !now.pending_for(pending_reason::awaiting_stock);
  if (decided) return milliseconds{0};
  return wait_of(req.headers.prefer, api.settings.usual_wait, api.settings.longest_wait);
}

reply invoice_reply(std::variant<order_reply, failure> answer, const invoice_body& said, std::string_view request_id) {
  const auto outcome = outcome_of(std::move(answer));
  if (const auto* wrong = std::get_if<problem>(&outcome)) return problem_reply(*wrong, request_id);
  const auto& now = *std::get<order_reply>(outcome).now;
  if (!now.invoiced) return problem_reply(out_of_stock(), request_id);
  if (now.status == order_status::cancelled) return problem_reply(problem_of(refusal::order_must_not_be_cancelled), request_id);
  const uint16_t status = now.pending_for(pending_reason::awaiting_stock) ? 202 : 200;
  return reply_of_order(status, invoice_json(now, said.customer), now);
}

void issue(dialect& api, const request& req, const responder& to, const invoice_body& said, const order& now) {
  if (const auto wrong = check_owner(now, said.customer)) return to(problem_reply(*wrong, req.id));
  if (const auto wrong = check_invoice(said, now)) return to(problem_reply(*wrong, req.id));
  order_request ask;
  ask.order = now.id;
  ask.command = order_command{issue_invoice{{said.customer, {}, said.name, said.phone, said.address}}, api.context.time.now()};
  ask_order(api.context, req, std::move(ask), timeout_for(api, req, now),
            [&api, &req, to, said](std::variant<order_reply, failure> answer) {
              keep_contact(api.context, req, said.customer, {{}, said.phone, said.name, said.address});
              to(invoice_reply(std::move(answer), said, req.id));
            });
}

}  // namespace

void put_cart(dialect& api, const request& req, const responder& to) {
  auto decoded = decode_cart(req.body);
  if (const auto* wrong = std::get_if<problem>(&decoded)) return to(problem_reply(*wrong, req.id));
  auto& cart = std::get<cart_body>(decoded);
  if (const auto wrong = check_caller(req, cart.customer)) return to(problem_reply(*wrong, req.id));
  if (!cart.order) return open(api, req, to, cart);
  const auto id = *cart.order;
  look_at(api.context, req, id, version_to_look_at(req),
          [&api, &req, to, cart = std::move(cart)](const order_or_problem& outcome) {
            if (const auto* wrong = std::get_if<problem>(&outcome)) return to(problem_reply(*wrong, req.id));
            replace(api, req, to, cart, *std::get<order_reply>(outcome).now);
          });
}

void post_invoice(dialect& api, const request& req, const responder& to) {
  auto decoded = decode_invoice(req.body);
  if (const auto* wrong = std::get_if<problem>(&decoded)) return to(problem_reply(*wrong, req.id));
  auto& said = std::get<invoice_body>(decoded);
  if (const auto wrong = check_caller(req, said.customer)) return to(problem_reply(*wrong, req.id));
  const auto id = said.order;
  look_at(api.context, req, id, version_to_look_at(req),
          [&api, &req, to, said = std::move(said)](const order_or_problem& outcome) {
            if (const auto* wrong = std::get_if<problem>(&outcome)) return to(problem_reply(*wrong, req.id));
            issue(api, req, to, said, *std::get<order_reply>(outcome).now);
          });
}

}  // namespace orderflow::orderflow_api
