#include "http/api/admin/attention.hpp"

#include <algorithm>

#include "base/whole_number.hpp"
#include "codec/order_json.hpp"
#include "http/api/admin/operator_needs.hpp"
#include "http/api/common/order_page.hpp"
#include "http/api/common/order_tenant.hpp"
#include "http/api/common/reading.hpp"
#include "http/api/common/short_page.hpp"
#include "http/api/common/writing.hpp"
#include "journal/state_of.hpp"

namespace orderflow {

namespace {

constexpr uint32_t usual_limit = 100;

/// In this order they are listed, and a page may end within any of them.
enum class section : uint8_t { dependencies = 0, payments = 1, quarantine = 2, orders = 3, messages = 4, end = 5 };

/// Where a page begins: behind the entry `after` of a section. Only orders that need somebody have a time in it; of the others it
/// is the number of the order or the message, or the place in the list.
struct place {
  section in = section::dependencies;
  list_place after;
};

/// What has been found so far; shared between the I/O thread and a reader's, one after the other.
struct attention_page {
  short_page request;
  place from;
  std::string tenant;
  std::vector<actor_bridge::outage> outages;
  std::vector<effect_progress> payments;
  std::vector<quarantine_note> quarantine;
  std::string items;  ///< JSON objects with commas between.
  uint32_t count = 0;
  std::optional<place> next;
};

std::string text_of(const place& at) { return std::to_string(static_cast<int>(at.in)) + cursor_of(at.after); }

std::optional<place> parse_place(std::string_view text) {
  if (text.empty() || text.front() < '0' || text.front() >= '0' + static_cast<int>(section::end)) return std::nullopt;
  const auto after = parse_cursor(text.substr(1));
  if (!after || after->id.value < 0) return std::nullopt;
  return place{static_cast<section>(text.front() - '0'), *after};
}

/// One entry; `more` adds what only its kind has.
template <class More>
void add_item(attention_page& to, std::string_view kind, std::string_view code, std::string_view reason, timestamp since,
              More more) {
  if (to.count++ > 0) to.items += ',';
  json_writer out{to.items};
  out.begin_object();
  out.key("kind").string(kind).key("code").string(code).key("reason").string(reason);
  out.key("since").string(to_rfc3339(to_ms(since)));
  more(out);
  out.end_object();
}

void write_resolve(json_writer& out, const resolving_command& command) {
  out.key("resolve").begin_object();
  out.key("method").string(command.method).key("path").string(command.path).key("how").string(command.how);
  if (!command.body.empty()) out.key("body").raw(command.body);
  out.end_object();
}

/// Whether there is room for one more; otherwise the next page begins behind `after`.
bool has_room(attention_page& page, section in, list_place after) {
  if (page.count < page.request.limit) return true;
  if (!page.next) page.next = place{in, after};
  return false;
}

/// Entries of a section begin anew unless the page begins within it.
list_place first_place_of(const attention_page& page, section in) { return page.from.in == in ? page.from.after : list_place{}; }
int64_t first_of(const attention_page& page, section in) { return first_place_of(page, in).id.value; }
list_place numbered(int64_t number) { return {{}, {number}}; }
bool is_behind(const attention_page& page, section in) { return page.from.in > in; }

void list_outages(attention_page& page) {
  if (is_behind(page, section::dependencies)) return;
  for (auto n = first_of(page, section::dependencies); n < static_cast<int64_t>(page.outages.size()); ++n) {
    if (!has_room(page, section::dependencies, numbered(n))) return;
    const auto& lost = page.outages[static_cast<size_t>(n)];
    add_item(page, "dependency", std::string{lost.name} + "_away", lost.reason, lost.since, [&](json_writer& out) {
      out.key("dependency").string(lost.name);
      write_resolve(out, {"GET", "/readyz?verbose", std::string{recovery_of(lost.name)}});
    });
  }
}

/// Of orders in memory: by number, so that a page goes on behind the last one although others have come and gone.
template <class Entry, class Write>
void list_by_order(attention_page& page, section in, std::vector<Entry>& entries, reader& from, Write write) {
  if (is_behind(page, in)) return;
  std::ranges::stable_sort(entries, {}, [](const Entry& each) { return each.order; });
  const auto after = first_of(page, in);
  auto last = after;
  for (const auto& one : entries) {
    if (one.order.value <= after) continue;
    if (!is_of_tenant(from, one.order, page.tenant)) continue;
    if (one.order.value != last && !has_room(page, in, numbered(last))) return;
    last = one.order.value;
    write(one);
  }
}

resolving_command mending_of_record(order_id order) {
  return {"GET", "/api/v1/orders/" + std::to_string(order.value),
          "Restore the record from a backup; orderflow db verify tells more."};
}

/// Nothing where the order no longer waits for it: what would be refused is not offered.
std::optional<resolving_command> resolution_for(reader& from, const effect_progress& one) {
  const auto row = from.find_order(one.order);
  if (!row) return std::nullopt;
  try {
    return resolution_of_waiting(state_of(from, *row), one.key);
  } catch (const codec_error&) {
    return mending_of_record(one.order);
  }
}

void list_payments(attention_page& page, reader& from) {
  list_by_order(page, section::payments, page.payments, from, [&](const effect_progress& one) {
    const auto resolve = resolution_for(from, one);
    if (!resolve) return;
    const bool is_refund = one.key.starts_with("refund/");
    const auto code = one.is_answered ? "gateway_tells_no_outcome" : "gateway_has_not_answered";
    add_item(page, is_refund ? "refund" : "charge", code, one.reason, one.since, [&](json_writer& out) {
      out.key("order_id").integer(one.order.value).key("tries").integer(one.tries);
      out.key("next_try_at").string(to_rfc3339(to_ms(one.next_try_at)));
      write_resolve(out, *resolve);
    });
  });
}

void list_quarantine(attention_page& page, reader& from) {
  list_by_order(page, section::quarantine, page.quarantine, from, [&](const quarantine_note& one) {
    add_item(page, "quarantined_order", "order_crashed_repeatedly", one.reason, one.since, [&](json_writer& out) {
      out.key("order_id").integer(one.order.value);
      write_resolve(out, {"POST", "/api/v1/quarantine/" + std::to_string(one.order.value) + "/redrive",
                          "Look at the reason, mend what caused it, and have the order tried again."});
    });
  });
}

/// A record that cannot be read waits for a person, too, and must not hide the others.
std::vector<operator_need> needs_of(reader& from, const listed_order& row) {
  try {
    return operator_needs(state_of(from, row));
  } catch (const codec_error& damage) {
    return {{"record_is_damaged", std::string{"The order's record cannot be read: "} + damage.what(), row.row.created_at,
             mending_of_record(row.id)}};
  }
}

/// An order is one entry per reason; a page ends between orders only.
void list_orders(attention_page& page, reader& from) {
  if (is_behind(page, section::orders)) return;
  order_query wanted;
  wanted.needs_operator = true;
  wanted.tenant = page.tenant;
  wanted.oldest_first = true;
  wanted.limit = page.request.limit + 1;
  auto last = first_place_of(page, section::orders);
  if (last.id.value > 0) wanted.after = last;
  for (const auto& row : from.list_orders(wanted)) {
    if (!has_room(page, section::orders, last)) return;
    last = row.row.place();
    for (const auto& need : needs_of(from, row))
      add_item(page, "order", need.code, need.reason, need.since, [&](json_writer& out) {
        out.key("order_id").integer(row.id.value);
        write_resolve(out, need.resolve);
      });
  }
}

void list_messages(attention_page& page, reader& from) {
  auto last = first_of(page, section::messages);
  for (const auto& row : from.undeliverable_messages(page.tenant, last, page.request.limit + 1)) {
    if (!has_room(page, section::messages, numbered(last))) return;
    last = row.number;
    const auto reason = "The message could not be delivered by " + row.channel + " in " + std::to_string(row.tries) +
                        " tries and is not tried any more.";
    add_item(page, "message", "message_given_up", reason, row.settled_at, [&](json_writer& out) {
      out.key("message_id").integer(row.number).key("tries").integer(row.tries);
      if (row.order.value != 0) out.key("order_id").integer(row.order.value);
      out.key("channel").string(row.channel).key("subject").string(row.subject);
      write_resolve(out, {"POST", "/api/v1/messages/" + std::to_string(row.number) + "/redrive",
                          "Mend the address or the mail server, and have the message tried again."});
    });
  }
}

reply reply_of(const attention_page& page, const std::string& incomplete) {
  reply made;
  json_writer out{made.body};
  out.begin_object();
  out.key("items").raw("[" + page.items + "]");
  if (!incomplete.empty()) out.key("incomplete").string(incomplete);
  if (page.next) {
    out.key("next").string(text_of(*page.next));
    add_next_page(made, "/api/v1/attention", page.request, text_of(*page.next));
  }
  out.end_object();
  return made;
}

/// In an outage of the store it still says what is known without it.
void answer_from_store(handler_context& context, const std::shared_ptr<attention_page>& page, const request& req,
                       const responder& to) {
  context.bridge.read(
      [page](reader& from) {
        list_payments(*page, from);
        if (!page->next) list_quarantine(*page, from);
        if (!page->next) list_orders(*page, from);
        if (!page->next) list_messages(*page, from);
      },
      [page, &req, to](const failure& failed) {
        const bool readable = failed.code == errc::none;
        to(reply_of(*page, readable ? "" : "The journal cannot be read at the moment, so orders and messages are missing."));
      });
}

template <class T>
T value_or_nothing(std::variant<T, failure> answer) {
  auto* found = std::get_if<T>(&answer);
  return found != nullptr ? std::move(*found) : T{};
}

void list_attention(handler_context& context, const request& req, const responder& to) {
  auto asked = read_short_page(req.query, usual_limit, [](std::string_view cursor) { return parse_place(cursor).has_value(); });
  if (const auto* wrong = std::get_if<problem>(&asked)) return to(problem_json(*wrong, req.id));
  auto page = std::make_shared<attention_page>();
  page->request = std::get<short_page>(std::move(asked));
  page->from = parse_place(page->request.cursor).value_or(place{});
  page->tenant = req.from.tenant;
  page->outages = context.bridge.outages();
  list_outages(*page);
  if (page->next) return to(reply_of(*page, {}));
  context.bridge.waiting_payments([&context, page, &req, to](std::variant<std::vector<effect_progress>, failure> payments) {
    page->payments = value_or_nothing(std::move(payments));
    context.bridge.quarantined([&context, page, &req, to](std::variant<std::vector<quarantine_note>, failure> held) {
      page->quarantine = value_or_nothing(std::move(held));
      answer_from_store(context, page, req, to);
    });
  });
}

problem not_given_up() { return not_found("message_must_be_given_up", "No message of this number has been given up."); }

/// Another tenant's message does not exist.
void redrive_message(handler_context& context, const request& req, const responder& to) {
  const auto number = whole_number<int64_t>(req.values[0]).value_or(0);
  if (number < 1) return to(problem_json(not_given_up(), req.id));
  auto known = std::make_shared<bool>(false);
  context.bridge.look_up(
      [known, number, tenant = req.from.tenant](reader& from) {
        const auto found = from.undeliverable_messages(tenant, number - 1, 1);
        *known = !found.empty() && found.front().number == number;
      },
      [&context, known, number, &req, to](const failure& away) {
        if (away.code != errc::none) return to(problem_json(problem_of(away), req.id));
        if (!*known) return to(problem_json(not_given_up(), req.id));
        context.bridge.redrive_message(number, [&context, number, &req, to](std::variant<bool, failure> answer) {
          if (const auto* lost = std::get_if<failure>(&answer)) return to(problem_json(problem_of(*lost), req.id));
          if (!std::get<bool>(answer)) return to(problem_json(not_given_up(), req.id));
          context.audit.record("message-redriven", req.from, {{"message", std::to_string(number)}});
          reply made;
          json_writer{made.body}.begin_object().key("message_id").integer(number).key("redriven").boolean(true).end_object();
          to(std::move(made));
        });
      });
}

}  // namespace

std::vector<route> attention_routes(handler_context& context) {
  route_options operates;
  operates.load = load_class::operation;
  operates.dialect = dialects::ours;
  auto lists = operates;
  lists.query = short_page_parameters;
  std::vector<route> table;
  table.emplace_back(
      verb::get, "/api/v1/attention", audience::operators(),
      [&context](const request& req, const responder& to) { list_attention(context, req, to); }, lists);
  table.emplace_back(
      verb::post, "/api/v1/messages/{id}/redrive", audience::operators(),
      [&context](const request& req, const responder& to) { redrive_message(context, req, to); }, operates);
  return table;
}

}  // namespace orderflow
