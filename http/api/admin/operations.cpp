#include "http/api/admin/operations.hpp"

#include <algorithm>

#include "http/api/common/order_page.hpp"
#include "http/api/common/order_tenant.hpp"
#include "http/api/common/reading.hpp"
#include "http/api/common/short_page.hpp"
#include "http/api/common/writing.hpp"
#include "http/pipeline/query.hpp"

namespace orderflow {

namespace {

constexpr std::string_view readiness_parameters[] = {"verbose"};

/// Metrics and notes name hosts, files and how busy we are.
constexpr auto watchers = audience::roles({role::service, role::operator_});

bool is_verbose(const request& req) {
  const auto query = query_values::parse(req.query);
  return query && query->find("verbose") != nullptr;
}

audience may_see_readiness(const request& req) { return is_verbose(req) ? watchers : audience::anyone(); }

reply alive() {
  reply made;
  made.body = R"({"status":"alive"})";
  return made;
}

/// 503 takes the server out of a balancer's rotation before it stops accepting.
reply readiness(const health& now, bool verbose) {
  reply made;
  const bool serves = now.ready && !now.draining && !now.store_away;
  made.status = serves ? 200 : 503;
  json_writer out{made.body};
  out.begin_object();
  out.key("status").string(serves ? "ready" : now.draining ? "draining" : now.store_away ? "store_away" : "starting");
  if (verbose) {
    out.key("notes").begin_array();
    for (const auto& note : now.notes) out.string(note);
    out.end_array();
  }
  out.end_object();
  if (!serves) made.header("Retry-After", "1");
  return made;
}

constexpr uint32_t usual_page = 100;

/// The longest held back first; of two from one moment, that of the smaller number.
reply quarantine_list(std::vector<quarantine_note> notes, short_page page, const std::optional<list_place>& after) {
  const auto place = [](const quarantine_note& note) { return list_place{note.since, note.order}; };
  if (after) std::erase_if(notes, [&](const auto& note) { return place(note) <= *after; });
  std::ranges::sort(notes, {}, place);
  const bool more = notes.size() > page.limit;
  if (more) notes.resize(page.limit);
  auto made = list_reply(notes, [](json_writer& out, const quarantine_note& note) {
    out.key("order_id").integer(note.order.value);
    out.key("reason").string(note.reason);
    out.key("since").string(to_rfc3339(to_ms(note.since)));
  });
  if (more) add_next_page(made, "/api/v1/quarantine", std::move(page), cursor_of(place(notes.back())));
  return made;
}

problem not_quarantined() { return not_found("order_must_be_quarantined", "No order of this number is held back."); }

void list_quarantined(handler_context& context, const request& req, const responder& to) {
  auto wanted = read_short_page(req.query, usual_page, [](std::string_view cursor) { return parse_cursor(cursor).has_value(); });
  if (const auto* wrong = std::get_if<problem>(&wanted)) return to(problem_json(*wrong, req.id));
  auto page = std::get<short_page>(std::move(wanted));
  const auto after = parse_cursor(page.cursor);
  context.bridge.quarantined([&context, &req, to, page = std::move(page),
                              after](std::variant<std::vector<quarantine_note>, failure> answer) {
    if (const auto* failed = std::get_if<failure>(&answer)) return to(problem_json(problem_of(*failed), req.id));
    auto notes = std::make_shared<std::vector<quarantine_note>>(std::get<std::vector<quarantine_note>>(std::move(answer)));
    context.bridge.look_up(
        [notes, who = req.from](reader& from) {
          std::erase_if(*notes, [&](const quarantine_note& note) { return !is_of_tenant(from, note.order, who.tenant); });
        },
        [notes, &req, to, page, after](const failure& why) {
          to(why.code != errc::none ? problem_json(problem_of(why), req.id) : quarantine_list(std::move(*notes), page, after));
        });
  });
}

void try_again(handler_context& context, const request& req, const responder& to, order_id id) {
  context.bridge.redrive(id, [&context, &req, to, id](std::variant<bool, failure> answer) {
    if (const auto* failed = std::get_if<failure>(&answer)) return to(problem_json(problem_of(*failed), req.id));
    if (!std::get<bool>(answer)) return to(problem_json(not_quarantined(), req.id));
    context.audit.record("order-redriven", req.from, {{"order", std::to_string(id.value)}});
    reply made;
    json_writer{made.body}.begin_object().key("order_id").integer(id.value).key("redriven").boolean(true).end_object();
    to(std::move(made));
  });
}

void redrive(handler_context& context, const request& req, const responder& to) {
  const auto id = parse_order_id(req.values[0]);
  if (!id) return to(problem_json(not_quarantined(), req.id));
  auto shown = std::make_shared<bool>(false);
  context.bridge.look_up([shown, who = req.from, id = *id](reader& from) { *shown = is_of_tenant(from, id, who.tenant); },
                         [&context, &req, to, shown, id = *id](const failure& why) {
                           if (why.code != errc::none) return to(problem_json(problem_of(why), req.id));
                           *shown ? try_again(context, req, to, id) : to(problem_json(not_quarantined(), req.id));
                         });
}

}  // namespace

std::vector<route> operations_routes(handler_context& context, const operations_sources& from, bool open) {
  route_options probe;
  probe.load = load_class::probe;
  probe.dialect = dialects::probe;
  auto readies = probe;
  readies.query = readiness_parameters;
  if (!open) readies.may_of = may_see_readiness;
  auto metrics = probe;
  metrics.dialect = dialects::metrics;
  route_options operates;
  operates.load = load_class::operation;
  operates.dialect = dialects::ours;
  std::vector<route> table;
  table.emplace_back(
      verb::get, "/livez", audience::anyone(), [](const request&, const responder& to) { to(alive()); }, probe);
  table.emplace_back(
      verb::get, "/readyz", audience::anyone(),
      [&from](const request& req, const responder& to) { to(readiness(from.state(), is_verbose(req))); }, readies);
  table.emplace_back(
      verb::get, "/metrics", open ? audience::anyone() : watchers,
      [&from](const request&, const responder& to) {
        reply made;
        made.content_type = "text/plain; version=0.0.4; charset=utf-8";
        made.body = from.metrics();
        to(std::move(made));
      },
      metrics);
  auto pages = operates;
  pages.query = short_page_parameters;
  table.emplace_back(
      verb::get, "/api/v1/quarantine", audience::operators(),
      [&context](const request& req, const responder& to) { list_quarantined(context, req, to); }, pages);
  table.emplace_back(
      verb::post, "/api/v1/quarantine/{id}/redrive", audience::operators(),
      [&context](const request& req, const responder& to) { redrive(context, req, to); }, operates);
  return table;
}

}  // namespace orderflow
