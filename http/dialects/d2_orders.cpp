// The cart and its invoice, which is the checkout.
#include "http/dialects/d2.hpp"
#include "http/dialects/pricing.hpp"

namespace orderflow {

namespace {

std::variant<std::vector<order_line>, problem> priced(const d2_dialect& with, const request& asked, const d2_cart& cart,
                                                      currency money) {
  auto lines = d2_lines(cart.items, money);
  if (std::holds_alternative<problem>(lines)) return lines;
  auto wrong =
      price_for(with.on, asked.from, with.settings.unknown_products_allowed, money, std::get<std::vector<order_line>>(lines));
  if (wrong) return std::move(*wrong);
  return lines;
}

reply cart_reply(std::variant<order_reply, world_error> answer, const std::vector<d2_item>& items, std::string_view request_id) {
  const auto outcome = outcome_of(std::move(answer));
  if (const auto* wrong = std::get_if<problem>(&outcome)) return d2_problem(*wrong, request_id);
  const auto& now = *std::get<order_reply>(outcome).now;
  return d2_order_reply(200, d2_write_cart(now, items), now);
}

void open(d2_dialect& with, const request& asked, const responder& to, d2_cart& cart) {
  if (const auto wrong = untagged_condition_guard(asked)) return to(d2_problem(*wrong, asked.id));
  open_cart wish;
  wish.money = cart.money.value_or(with.settings.default_currency);
  auto lines = priced(with, asked, cart, wish.money);
  if (const auto* wrong = std::get_if<problem>(&lines)) return to(d2_problem(*wrong, asked.id));
  wish.lines = std::get<std::vector<order_line>>(std::move(lines));
  wish.who.id = cart.customer;
  wish.timers = with.settings.timers;
  wish.tax = with.settings.tax;
  sign_for(asked.from, "d2", cart.customer, wish.source);
  create_request ask;
  ask.at = with.on.time.now();
  auto key = key_of_create(asked, ask.at);
  if (const auto* wrong = std::get_if<problem>(&key)) return to(d2_problem(*wrong, asked.id));
  ask.key = std::move(std::get<std::optional<key_claim>>(key));
  ask.what = std::move(wish);
  with.on.bridge.create(std::move(ask), commit_patience,
                        [&asked, to, items = std::move(cart.items)](std::variant<order_reply, world_error> answer) {
                          to(cart_reply(std::move(answer), items, asked.id));
                        });
}

void replace(d2_dialect& with, const request& asked, const responder& to, const d2_cart& cart, const order& now) {
  if (const auto wrong = d2_check_owner(now, cart.customer)) return to(d2_problem(*wrong, asked.id));
  auto lines = priced(with, asked, cart, now.money);
  if (const auto* wrong = std::get_if<problem>(&lines)) return to(d2_problem(*wrong, asked.id));
  order_request ask;
  ask.order = now.id;
  ask.command = order_command{replace_lines{std::get<std::vector<order_line>>(std::move(lines))}, with.on.time.now()};
  ask_order(with.on, asked, std::move(ask), milliseconds{0},
            [&asked, to, items = cart.items](std::variant<order_reply, world_error> answer) {
              to(cart_reply(std::move(answer), items, asked.id));
            });
}

/// The inventory's answer decides whether there is an invoice; other orders have been decided long ago.
milliseconds patience_for(const d2_dialect& with, const request& asked, const order& now) {
  const bool decided = !now.pending_for(pending_reason::awaiting_checkout) && !now.pending_for(pending_reason::awaiting_stock);
  if (decided) return milliseconds{0};
  return patience_of(asked.headers.prefer, with.settings.usual_wait, with.settings.longest_wait);
}

reply invoice_reply(std::variant<order_reply, world_error> answer, const d2_invoice& said, std::string_view request_id) {
  const auto outcome = outcome_of(std::move(answer));
  if (const auto* wrong = std::get_if<problem>(&outcome)) return d2_problem(*wrong, request_id);
  const auto& now = *std::get<order_reply>(outcome).now;
  if (!now.invoiced) return d2_problem(d2_out_of_stock(), request_id);
  if (now.status == order_status::cancelled) return d2_problem(problem_of(refusal::order_must_not_be_cancelled), request_id);
  const uint16_t status = now.pending_for(pending_reason::awaiting_stock) ? 202 : 200;
  return d2_order_reply(status, d2_write_invoice(now, said.customer), now);
}

void issue(d2_dialect& with, const request& asked, const responder& to, const d2_invoice& said, const order& now) {
  if (const auto wrong = d2_check_owner(now, said.customer)) return to(d2_problem(*wrong, asked.id));
  if (const auto wrong = d2_check_invoice(said, now)) return to(d2_problem(*wrong, asked.id));
  order_request ask;
  ask.order = now.id;
  ask.command = order_command{issue_invoice{{said.customer, {}, said.name, said.phone, said.address}}, with.on.time.now()};
  ask_order(with.on, asked, std::move(ask), patience_for(with, asked, now),
            [&with, &asked, to, said](std::variant<order_reply, world_error> answer) {
              d2_learn_contact(with.on, asked, said.customer, {{}, said.phone, said.name, said.address});
              to(invoice_reply(std::move(answer), said, asked.id));
            });
}

}  // namespace

void d2_put_cart(d2_dialect& with, const request& asked, const responder& to) {
  auto decoded = d2_decode_cart(asked.body);
  if (const auto* wrong = std::get_if<problem>(&decoded)) return to(d2_problem(*wrong, asked.id));
  auto& cart = std::get<d2_cart>(decoded);
  if (const auto wrong = d2_check_caller(asked, cart.customer)) return to(d2_problem(*wrong, asked.id));
  if (!cart.order) return open(with, asked, to, cart);
  const auto id = *cart.order;
  look_at(with.on, asked, id, version_to_look_at(asked),
          [&with, &asked, to, cart = std::move(cart)](const order_outcome& outcome) {
            if (const auto* wrong = std::get_if<problem>(&outcome)) return to(d2_problem(*wrong, asked.id));
            replace(with, asked, to, cart, *std::get<order_reply>(outcome).now);
          });
}

void d2_issue_invoice(d2_dialect& with, const request& asked, const responder& to) {
  auto decoded = d2_decode_invoice(asked.body);
  if (const auto* wrong = std::get_if<problem>(&decoded)) return to(d2_problem(*wrong, asked.id));
  auto& said = std::get<d2_invoice>(decoded);
  if (const auto wrong = d2_check_caller(asked, said.customer)) return to(d2_problem(*wrong, asked.id));
  const auto id = said.order;
  look_at(with.on, asked, id, version_to_look_at(asked),
          [&with, &asked, to, said = std::move(said)](const order_outcome& outcome) {
            if (const auto* wrong = std::get_if<problem>(&outcome)) return to(d2_problem(*wrong, asked.id));
            issue(with, asked, to, said, *std::get<order_reply>(outcome).now);
          });
}

}  // namespace orderflow
