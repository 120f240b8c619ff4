#include "http/dialects/attention.hpp"

#include <algorithm>

#include "base/whole_number.hpp"
#include "codec/order_json.hpp"
#include "http/dialects/operator_needs.hpp"
#include "http/dialects/order_page.hpp"
#include "http/dialects/order_tenant.hpp"
#include "http/dialects/reading.hpp"
#include "http/dialects/short_page.hpp"
#include "http/dialects/writing.hpp"
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
struct sheet {
  short_page wish;
  place from;
  std::string tenant;
  std::vector<gateway::outage> outages;
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
void add_item(sheet& to, std::string_view kind, std::string_view code, std::string_view reason, timestamp since, More more) {
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
bool has_room(sheet& page, section in, list_place after) {
  if (page.count < page.wish.limit) return true;
  if (!page.next) page.next = place{in, after};
  return false;
}

/// Entries of a section begin anew unless the page begins within it.
list_place first_place_of(const sheet& page, section in) { return page.from.in == in ? page.from.after : list_place{}; }
int64_t first_of(const sheet& page, section in) { return first_place_of(page, in).id.value; }
list_place numbered(int64_t number) { return {{}, {number}}; }
bool is_behind(const sheet& page, section in) { return page.from.in > in; }

void list_outages(sheet& page) {
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
void list_by_order(sheet& page, section in, std::vector<Entry>& entries, reader& from, Write write) {
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

void list_payments(sheet& page, reader& from) {
  list_by_order(page, section::payments, page.payments, from, [&](const effect_progress& one) {
    const auto resolve = resolution_for(from, one);
    if (!resolve) return;
    const bool is_refund = one.key.starts_with("refund/");
    add_item(page, is_refund ? "refund" : "charge", "gateway_has_not_answered", one.reason, one.since, [&](json_writer& out) {
      out.key("order_id").integer(one.order.value).key("tries").integer(one.tries);
      out.key("next_try_at").string(to_rfc3339(to_ms(one.next_try_at)));
      write_resolve(out, *resolve);
    });
  });
}

void list_quarantine(sheet& page, reader& from) {
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
void list_orders(sheet& page, reader& from) {
  if (is_behind(page, section::orders)) return;
  order_query wanted;
  wanted.needs_operator = true;
  wanted.tenant = page.tenant;
  wanted.oldest_first = true;
  wanted.limit = page.wish.limit + 1;
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

void list_messages(sheet& page, reader& from) {
  auto last = first_of(page, section::messages);
  for (const auto& row : from.given_up_notices(page.tenant, last, page.wish.limit + 1)) {
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

reply reply_of(const sheet& page, const std::string& incomplete) {
  reply made;
  json_writer out{made.body};
  out.begin_object();
  out.key("items").raw("[" + page.items + "]");
  if (!incomplete.empty()) out.key("incomplete").string(incomplete);
  if (page.next) {
    out.key("next").string(text_of(*page.next));
    add_next_page(made, "/api/v1/attention", page.wish, text_of(*page.next));
  }
  out.end_object();
  return made;
}

/// In an outage of the store it still says what is known without it.
void answer_from_store(edge& on, const std::shared_ptr<sheet>& page, const request& asked, const responder& to) {
  on.bridge.read(
      [page](reader& from) {
        list_payments(*page, from);
        if (!page->next) list_quarantine(*page, from);
        if (!page->next) list_orders(*page, from);
        if (!page->next) list_messages(*page, from);
      },
      [page, &asked, to](const world_error& failed) {
        const bool readable = failed.code == errc::none;
        to(reply_of(*page, readable ? "" : "The journal cannot be read at the moment, so orders and messages are missing."));
      });
}

template <class T>
T value_or_nothing(std::variant<T, world_error> answer) {
  auto* found = std::get_if<T>(&answer);
  return found != nullptr ? std::move(*found) : T{};
}

void list_attention(edge& on, const request& asked, const responder& to) {
  auto wish = read_short_page(asked.query, usual_limit, [](std::string_view cursor) { return parse_place(cursor).has_value(); });
  if (const auto* wrong = std::get_if<problem>(&wish)) return to(problem_json(*wrong, asked.id));
  auto page = std::make_shared<sheet>();
  page->wish = std::get<short_page>(std::move(wish));
  page->from = parse_place(page->wish.cursor).value_or(place{});
  page->tenant = asked.from.tenant;
  page->outages = on.bridge.outages();
  list_outages(*page);
  if (page->next) return to(reply_of(*page, {}));
  on.bridge.waiting_payments([&on, page, &asked, to](std::variant<std::vector<effect_progress>, world_error> payments) {
    page->payments = value_or_nothing(std::move(payments));
    on.bridge.quarantined([&on, page, &asked, to](std::variant<std::vector<quarantine_note>, world_error> held) {
      page->quarantine = value_or_nothing(std::move(held));
      answer_from_store(on, page, asked, to);
    });
  });
}

problem not_given_up() { return not_found("message_must_be_given_up", "No message of this number has been given up."); }

/// Another tenant's message does not exist.
void redrive_message(edge& on, const request& asked, const responder& to) {
  const auto number = whole_number<int64_t>(asked.values[0]).value_or(0);
  if (number < 1) return to(problem_json(not_given_up(), asked.id));
  auto known = std::make_shared<bool>(false);
  on.bridge.look_up(
      [known, number, tenant = asked.from.tenant](reader& from) {
        const auto found = from.given_up_notices(tenant, number - 1, 1);
        *known = !found.empty() && found.front().number == number;
      },
      [&on, known, number, &asked, to](const world_error& away) {
        if (away.code != errc::none) return to(problem_json(problem_of(away), asked.id));
        if (!*known) return to(problem_json(not_given_up(), asked.id));
        on.bridge.redrive_notice(number, [&on, number, &asked, to](std::variant<bool, world_error> answer) {
          if (const auto* lost = std::get_if<world_error>(&answer)) return to(problem_json(problem_of(*lost), asked.id));
          if (!std::get<bool>(answer)) return to(problem_json(not_given_up(), asked.id));
          on.audit.record("message-redriven", asked.from, {{"message", std::to_string(number)}});
          reply made;
          json_writer{made.body}.begin_object().key("message_id").integer(number).key("redriven").boolean(true).end_object();
          to(std::move(made));
        });
      });
}

}  // namespace

std::vector<route> attention_routes(edge& on) {
  route_options operates;
  operates.load = load_class::operation;
  operates.dialect = dialects::ours;
  auto lists = operates;
  lists.query = short_page_parameters;
  std::vector<route> table;
  table.emplace_back(
      verb::get, "/api/v1/attention", audience::operators(),
      [&on](const request& asked, const responder& to) { list_attention(on, asked, to); }, lists);
  table.emplace_back(
      verb::post, "/api/v1/messages/{id}/redrive", audience::operators(),
      [&on](const request& asked, const responder& to) { redrive_message(on, asked, to); }, operates);
  return table;
}

}  // namespace orderflow
