#include "journal/sqlite/tables.hpp"

namespace orderflow::sqlite {
namespace {

cell when(const std::optional<timestamp>& at) { return at ? cell{to_ms(*at)} : cell{}; }
cell due(const order_state_row& row) {
  const auto at = stored_due(row);
  return at ? cell{*at} : cell{};
}
cell text(const std::string& value) { return std::string_view{value}; }
/// A message without a key has NULL in place of the hash, and empty texts.
cell text_of_key(const message_row& row, std::string key_claim::*part) {
  return row.key ? text((*row.key).*part) : cell{std::string_view{}};
}

}  // namespace

bulk_insert<event_place> into_events(connection& db) {
  return {db,
          "events",
          {{"position", [](const event_place& at) -> cell { return at.position; }},
           {"stream", [](const event_place& at) -> cell { return at.stream; }},
           {"seq", [](const event_place& at) -> cell { return at.seq; }},
           {"type", [](const event_place& at) -> cell { return int64_t{at.first->type}; }},
           {"version", [](const event_place& at) -> cell { return int64_t{at.first->version}; }},
           {"at", [](const event_place& at) -> cell { return to_ms(at.first->at); }},
           {"body", [](const event_place& at) { return text(at.first->body); }},
           {"count", [](const event_place& at) -> cell { return at.count; }},
           {"more", [](const event_place& at) { return at.more ? text(*at.more) : cell{}; }}}};
}

bulk_insert<const order_row*> into_orders(connection& db) {
  return {db,
          "orders",
          {{"id", [](const order_row* const& row) -> cell { return row->id.value; }},
           {"owner", [](const order_row* const& row) { return text(row->source.owner); }},
           {"tenant", [](const order_row* const& row) { return text(row->source.tenant); }},
           {"customer_email", [](const order_row* const& row) { return text(row->customer_email); }},
           {"origin", [](const order_row* const& row) { return text(row->source.origin); }},
           {"external_id", [](const order_row* const& row) { return text(row->source.external_id); }},
           {"batch_id", [](const order_row* const& row) { return text(row->source.batch_id); }},
           {"csv_source", [](const order_row* const& row) { return text(row->source.csv_source); }},
           {"import_group", [](const order_row* const& row) { return text(row->source.import_group); }},
           {"created_at", [](const order_row* const& row) -> cell { return to_ms(row->created_at); }},
           {"listed_at", [](const order_row* const& row) -> cell { return to_us(row->place().at); }}}};
}

bulk_insert<first_state> into_states(connection& db) {
  return {db,
          "order_state",
          {{"id", [](const first_state& row) -> cell { return row.state->id.value; }},
           {"version", [](const first_state& row) -> cell { return as_int(row.state->version); }},
           {"status", [](const first_state& row) -> cell { return static_cast<int64_t>(row.state->status); }},
           {"open", [](const first_state& row) -> cell { return int64_t{row.state->open}; }},
           {"due_at", [](const first_state& row) { return due(*row.state); }},
           {"state_version", [](const first_state& row) -> cell { return int64_t{row.state->state_version}; }},
           {"state", [](const first_state& row) { return text(row.state->state); }},
           {"tenant", [](const first_state& row) { return row.created ? text(row.created->source.tenant) : std::string_view{}; }},
           {"listed_at", [](const first_state& row) -> cell { return row.created ? to_us(row.created->place().at) : 0; }},
           {"operator_reason", [](const first_state& row) {
              const auto why = row.state->needs_operator;
              return why == operator_reason::none ? cell{} : cell{static_cast<int64_t>(why)};
            }}}};
}

bulk_insert<stock_place> into_stock(connection& db) {
  return {db,
          "stock",
          {{"warehouse", [](const stock_place& at) -> cell { return at.warehouse; }},
           {"product", [](const stock_place& at) { return text(at.row->product.value); }},
           {"on_hand", [](const stock_place& at) -> cell { return at.row->level.on_hand; }},
           {"reserved", [](const stock_place& at) -> cell { return at.row->level.reserved; }}},
          "ON CONFLICT (warehouse, product) DO UPDATE SET on_hand = excluded.on_hand, reserved = excluded.reserved"};
}

bulk_insert<reservation_row> into_reservations(connection& db) {
  return {db,
          "reservations",
          {{"order_id", [](const reservation_row& row) -> cell { return row.key.order.value; }},
           {"round", [](const reservation_row& row) -> cell { return int64_t{row.key.round}; }},
           {"closing", [](const reservation_row& row) -> cell { return int64_t{row.closing}; }}}};
}

bulk_insert<product_place> into_products(connection& db) {
  return {db,
          "products",
          {{"catalogue", [](const product_place& at) -> cell { return at.catalogue; }},
           {"id", [](const product_place& at) { return text(at.row->id.value); }},
           {"name", [](const product_place& at) { return text(at.row->name); }},
           {"currency", [](const product_place& at) -> cell { return at.row->money.name(); }},
           {"price", [](const product_place& at) -> cell { return at.row->price; }}},
          "ON CONFLICT (catalogue, id) DO UPDATE SET name = excluded.name, currency = excluded.currency, "
          "price = excluded.price"};
}

bulk_insert<account_place> into_accounts(connection& db) {
  return {db,
          "accounts",
          {{"id", [](const account_place& at) -> cell { return at.id; }},
           {"tenant", [](const account_place& at) { return text(at.row->who.tenant); }},
           {"customer", [](const account_place& at) { return text(at.row->who.user); }},
           {"version", [](const account_place& at) -> cell { return as_int(at.row->version); }},
           {"state_version", [](const account_place& at) -> cell { return int64_t{at.row->state_version}; }},
           {"state", [](const account_place& at) { return text(at.row->state); }}},
          "ON CONFLICT (id) DO UPDATE SET version = excluded.version, state_version = excluded.state_version, "
          "state = excluded.state"};
}

bulk_insert<const notification_row*> into_notifications(connection& db) {
  return {db,
          "notifications",
          {{"order_id", [](const notification_row* const& row) -> cell { return row->order.value; }},
           {"seq", [](const notification_row* const& row) -> cell { return as_int(row->seq); }},
           {"channel", [](const notification_row* const& row) { return text(row->channel); }},
           {"nth", [](const notification_row* const&) -> cell { return int64_t{0}; }},
           {"subject", [](const notification_row* const& row) { return text(row->subject); }},
           {"recipient", [](const notification_row* const& row) { return text(row->recipient); }},
           {"status", [](const notification_row* const& row) { return text(row->status); }},
           {"at", [](const notification_row* const& row) -> cell { return to_ms(row->at); }}},
          "ON CONFLICT (order_id, seq, channel, nth) DO UPDATE SET subject = excluded.subject, "
          "recipient = excluded.recipient, status = excluded.status, at = excluded.at"};
}

bulk_insert<const message_row*> into_messages(connection& db) {
  return {
      db,
      "notices",
      {{"number", [](const message_row* const& row) -> cell { return row->number; }},
       {"tenant", [](const message_row* const& row) { return text(row->tenant); }},
       {"user_id", [](const message_row* const& row) { return text(row->user); }},
       {"order_id", [](const message_row* const& row) -> cell { return row->order.value; }},
       {"channel", [](const message_row* const& row) { return text(row->channel); }},
       {"recipient", [](const message_row* const& row) { return text(row->recipient); }},
       {"subject", [](const message_row* const& row) { return text(row->subject); }},
       {"text", [](const message_row* const& row) { return text(row->text); }},
       {"key_hash",
        [](const message_row* const& row) { return row->key ? cell{as_int(hash_of(row->key->scope, row->key->key))} : cell{}; }},
       {"scope", [](const message_row* const& row) { return text_of_key(*row, &key_claim::scope); }},
       {"key", [](const message_row* const& row) { return text_of_key(*row, &key_claim::key); }},
       {"body_hash", [](const message_row* const& row) -> cell { return row->key ? as_int(row->key->body_hash) : 0; }},
       {"asked_at", [](const message_row* const& row) -> cell { return to_ms(row->asked_at); }},
       {"send_at", [](const message_row* const& row) -> cell { return to_ms(row->send_at); }},
       {"due_at", [](const message_row* const& row) { return when(row->due_at); }},
       {"tries", [](const message_row* const& row) -> cell { return int64_t{row->tries}; }},
       {"status", [](const message_row* const& row) -> cell { return static_cast<int64_t>(row->status); }},
       {"settled_at", [](const message_row* const& row) -> cell { return to_ms(row->settled_at); }}},
      "ON CONFLICT (number) DO UPDATE SET due_at = excluded.due_at, tries = excluded.tries, "
      "status = excluded.status, settled_at = excluded.settled_at"};
}

bulk_insert<const follower_write*> into_cursors(connection& db) {
  return {db,
          "cursors",
          {{"sink", [](const follower_write* const& write) { return text(write->sink); }},
           {"major", [](const follower_write* const& write) -> cell { return as_int(write->cursor->major); }},
           {"minor", [](const follower_write* const& write) -> cell { return as_int(write->cursor->minor); }}},
          "ON CONFLICT (sink) DO UPDATE SET major = excluded.major, minor = excluded.minor"};
}

}  // namespace orderflow::sqlite
