#include "http/api/sandbox/sandbox_view.hpp"

#include "http/api/common/reading.hpp"
#include "http/api/common/writing.hpp"

namespace orderflow {

namespace {

constexpr int64_t longest_delay_ms = 600'000;

/// What names no tenant is of a version, or of a payment service, that knew none.
bool is_of(std::string_view tenant, const principal& who) { return (tenant.empty() ? usual_tenant : tenant) == who.tenant; }

/// `amount` as D4 writes it; `amount_minor` for tests that add up.
reply ledger_reply(const std::vector<ledger_entry>& entries) {
  return list_reply(entries, [](json_writer& out, const ledger_entry& each) {
    const auto money = find_currency(each.money);
    out.key("kind").string(each.kind);
    out.key("key").string(each.key);
    out.key("order_id").integer(each.order.value);
    out.key("amount").raw(money ? shortest_text(each.amount, *money) : std::to_string(each.amount));
    out.key("amount_minor").integer(each.amount);
    write_text_or_null(out, "currency", each.money);
    write_text_or_null(out, "method", each.method);
    write_text_or_null(out, "transaction", each.transaction);
    out.key("at").string(to_rfc3339(to_ms(each.at)));
  });
}

reply sent_reply(const std::vector<sent_message>& messages) {
  return list_reply(messages, [](json_writer& out, const sent_message& each) {
    out.key("id").string(each.message.id);
    out.key("channel").string(each.message.channel);
    out.key("recipient").string(each.message.recipient);
    out.key("subject").string(each.message.subject);
    out.key("text").string(each.message.text);
    out.key("at").string(to_rfc3339(to_ms(each.at)));
  });
}

void put_mode(sandbox& service, const request& req, const responder& to) {
  if (!is_of({}, req.from))
    return to(problem_json(forbidden("mode_must_be_the_usual_tenants",
                                     "How the sandbox behaves is one for all tenants; only an operator of the tenant '" +
                                         std::string{usual_tenant} + "' may change it."),
                           req.id));
  auto parsed = read_object(req.body);
  if (const auto* wrong = std::get_if<problem>(&parsed)) return to(problem_json(*wrong, req.id));
  std::vector<field_error> errors;
  field_reader from{std::get<json_value>(parsed), {}, errors};
  from.refuse_others({"mode", "delay_ms"});
  auto mode = from.text("mode", presence::optional);
  if (mode.empty()) mode = "ok";
  const auto delay = from.integer("delay_ms", 0, longest_delay_ms, presence::optional).value_or(0);
  if (errors.empty() && !service.set_mode(mode, milliseconds{delay}))
    from.wrong("mode", "must be ok, down, or a token of the sandbox's table");
  if (!errors.empty()) return to(problem_json(invalid(std::move(errors)), req.id));
  reply made;
  json_writer{made.body}.begin_object().key("mode").string(mode).key("delay_ms").integer(delay).end_object();
  to(std::move(made));
}

}  // namespace

std::vector<route> sandbox_view_routes(sandbox& service) {
  constexpr auto operators = audience::operators();
  route_options last;
  last.load = load_class::operation;
  last.dialect = dialects::dev;
  auto sandbox_alone = last;
  sandbox_alone.needs_store = false;
  std::vector<route> table;
  table.emplace_back(
      verb::get, "/dev/gateway/ledger", operators,
      [&service](const request& req, const responder& to) {
        auto entries = service.ledger();
        std::erase_if(entries, [&](const ledger_entry& each) { return !is_of(each.tenant, req.from); });
        to(ledger_reply(entries));
      },
      last);
  table.emplace_back(
      verb::get, "/dev/sent", operators,
      [&service](const request& req, const responder& to) {
        auto messages = service.sent();
        std::erase_if(messages, [&](const sent_message& each) { return !is_of(each.message.tenant, req.from); });
        to(sent_reply(messages));
      },
      last);
  table.emplace_back(
      verb::put, "/dev/gateway/mode", operators,
      [&service](const request& req, const responder& to) { put_mode(service, req, to); }, sandbox_alone);
  return table;
}

}  // namespace orderflow
