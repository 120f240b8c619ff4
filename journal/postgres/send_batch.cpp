#include "journal/postgres/send_batch.hpp"

#include "journal/further_events.hpp"
#include "journal/postgres/statements.hpp"
#include "journal/rehearsal.hpp"

namespace orderflow::postgres {

namespace {

int64_t stored(uint64_t value) { return static_cast<int64_t>(value); }

void send_expectations(connection& link, const batch_rows& rows) {
  array_column stream{element::int8}, seq{element::int8};
  for (const auto& head : rows.heads) {
    if (head.expected_seq == 0) continue;
    stream.add(head.stream);
    seq.add(stored(head.expected_seq));
  }
  if (stream.size() == 0) return;
  link.send(expect_events, parameters{}.array(std::move(stream)).array(std::move(seq)));
}

void send_events(connection& link, const batch& work) {
  array_column stream{element::int8}, seq{element::int8}, n{element::int4}, type{element::int4}, version{element::int4},
      at{element::int8}, body{element::text}, count{element::int4}, more{element::text};
  int64_t last = -1;
  for (const auto* append : work.appends) {
    if (append->events.empty()) continue;
    const auto& first = append->events.front();
    const auto events = static_cast<int64_t>(append->events.size());
    n.add(last += events);
    stream.add(append->stream.packed());
    seq.add(stored(append->expected_seq + 1));
    type.add(int64_t{first.type});
    version.add(int64_t{first.version});
    at.add(to_ms(first.at));
    body.add(std::string_view{first.body});
    count.add(events);
    more.add(text_of_further(append->events));
  }
  if (stream.size() == 0) return;
  link.send(insert_events, parameters{}
                               .array(std::move(stream))
                               .array(std::move(seq))
                               .array(std::move(n))
                               .array(std::move(type))
                               .array(std::move(version))
                               .array(std::move(at))
                               .array(std::move(body))
                               .array(std::move(count))
                               .array(std::move(more)));
}

void send_keys(connection& link, const batch_rows& rows) {
  if (rows.keys.empty()) return;
  array_column hash{element::int8}, scope{element::text}, key{element::text}, body_hash{element::int8}, order{element::int8},
      at{element::int8};
  for (const auto* claim : rows.keys) {
    hash.add(stored(hash_of(claim->scope, claim->key)));
    scope.add(std::string_view{claim->scope});
    key.add(std::string_view{claim->key});
    body_hash.add(stored(claim->body_hash));
    order.add(claim->order.value);
    at.add(to_ms(claim->at));
  }
  link.send(insert_keys, parameters{}
                             .array(std::move(hash))
                             .array(std::move(scope))
                             .array(std::move(key))
                             .array(std::move(body_hash))
                             .array(std::move(order))
                             .array(std::move(at)));
}

void send_orders(connection& link, const batch_rows& rows) {
  if (rows.created.empty()) return;
  array_column id{element::int8}, created{element::int8}, listed{element::int8};
  const std::array texts{&provenance::owner,    &provenance::tenant,     &provenance::origin,      &provenance::external_id,
                         &provenance::batch_id, &provenance::csv_source, &provenance::import_group};
  std::vector<array_column> columns(texts.size() + 1, array_column{element::text});
  for (const auto* row : rows.created) {
    id.add(row->id.value);
    for (size_t i = 0; i < texts.size(); ++i) columns[i].add(std::string_view{row->source.*texts[i]});
    columns.back().add(std::string_view{row->customer_email});
    created.add(to_ms(row->created_at));
    listed.add(to_us(row->place().at));
  }
  parameters with;
  with.array(std::move(id));
  for (auto& column : columns) with.array(std::move(column));
  with.array(std::move(created)).array(std::move(listed));
  link.send(insert_orders, with);
}

/// Of orders that are made in this batch (`fresh`), or those that were there.
void send_states(connection& link, const batch_rows& rows, bool fresh) {
  array_column id{element::int8}, version{element::int8}, status{element::int2}, state{element::text},
      state_version{element::int4}, due{element::int8}, open{element::boolean}, tenant{element::text}, listed{element::int8},
      operators_reason{element::int2};
  for (const auto& [row, created] : rows.states) {
    if ((created != nullptr) != fresh) continue;
    id.add(row->id.value);
    version.add(stored(row->version));
    status.add(static_cast<int64_t>(row->status));
    state.add(std::string_view{row->state});
    state_version.add(int64_t{row->state_version});
    due.add(stored_due(*row));
    open.add(row->open);
    tenant.add(created == nullptr ? std::string_view{} : std::string_view{created->source.tenant});
    listed.add(created == nullptr ? int64_t{0} : to_us(created->place().at));
    const bool waits = row->needs_operator != operator_reason::none;
    operators_reason.add(waits ? std::optional{static_cast<int64_t>(row->needs_operator)} : std::nullopt);
  }
  if (id.size() == 0) return;
  link.send(fresh ? insert_states : upsert_states, parameters{}
                                                       .array(std::move(id))
                                                       .array(std::move(version))
                                                       .array(std::move(status))
                                                       .array(std::move(state))
                                                       .array(std::move(state_version))
                                                       .array(std::move(due))
                                                       .array(std::move(open))
                                                       .array(std::move(tenant))
                                                       .array(std::move(listed))
                                                       .array(std::move(operators_reason)));
}

void send_stock(connection& link, const batch_rows& rows) {
  if (rows.stock.empty()) return;
  array_column warehouse{element::int8}, product{element::text}, on_hand{element::int8}, reserved{element::int8};
  for (const auto& [key, row] : rows.stock) {
    warehouse.add(key.first);
    product.add(key.second);
    on_hand.add(row->level.on_hand);
    reserved.add(row->level.reserved);
  }
  link.send(
      upsert_stock,
      parameters{}.array(std::move(warehouse)).array(std::move(product)).array(std::move(on_hand)).array(std::move(reserved)));
}

void send_reservations(connection& link, const batch_rows& rows) {
  if (rows.reservations.empty()) return;
  array_column order{element::int8}, round{element::int8}, closing{element::boolean};
  for (const auto& row : rows.reservations) {
    order.add(row.key.order.value);
    round.add(int64_t{row.key.round});
    closing.add(row.closing);
  }
  link.send(insert_reservations, parameters{}.array(std::move(order)).array(std::move(round)).array(std::move(closing)));
}

void send_products(connection& link, const batch_rows& rows) {
  if (rows.products.empty()) return;
  array_column catalogue{element::int8}, id{element::text}, name{element::text}, money{element::text}, price{element::int8};
  for (const auto& [key, row] : rows.products) {
    catalogue.add(key.first);
    id.add(key.second);
    name.add(std::string_view{row->name});
    money.add(row->money.name());
    price.add(row->price);
  }
  link.send(upsert_products, parameters{}
                                 .array(std::move(catalogue))
                                 .array(std::move(id))
                                 .array(std::move(name))
                                 .array(std::move(money))
                                 .array(std::move(price)));
}

void send_accounts(connection& link, const batch_rows& rows) {
  if (rows.accounts.empty()) return;
  array_column id{element::int8}, tenant{element::text}, user{element::text}, version{element::int8}, state{element::text},
      state_version{element::int4};
  for (const auto& [at, row] : rows.accounts) {
    id.add(at);
    tenant.add(std::string_view{row->who.tenant});
    user.add(std::string_view{row->who.user});
    version.add(stored(row->version));
    state.add(std::string_view{row->state});
    state_version.add(int64_t{row->state_version});
  }
  link.send(upsert_accounts, parameters{}
                                 .array(std::move(id))
                                 .array(std::move(tenant))
                                 .array(std::move(user))
                                 .array(std::move(version))
                                 .array(std::move(state))
                                 .array(std::move(state_version)));
}

void send_cursors(connection& link, const batch_rows& rows) {
  if (rows.cursors.empty()) return;
  array_column sink{element::text}, txid{element::int8}, n{element::int8};
  for (const auto& [name, at] : rows.cursors) {
    sink.add(name);
    txid.add(stored(at.major));
    n.add(stored(at.minor));
  }
  link.send(upsert_cursors, parameters{}.array(std::move(sink)).array(std::move(txid)).array(std::move(n)));
}

/// Of an event, or (`free`) those that clients sent themselves.
void send_notifications(connection& link, const batch_rows& rows, bool free) {
  array_column order{element::int8}, seq{element::int8}, channel{element::text}, subject{element::text}, recipient{element::text},
      status{element::text}, at{element::int8};
  for (const auto* row : rows.notifications) {
    if ((row->seq == 0) != free) continue;
    order.add(row->order.value);
    seq.add(stored(row->seq));
    channel.add(std::string_view{row->channel});
    subject.add(std::string_view{row->subject});
    recipient.add(std::string_view{row->recipient});
    status.add(std::string_view{row->status});
    at.add(to_ms(row->at));
  }
  if (order.size() == 0) return;
  link.send(free ? insert_free_notifications : insert_notifications, parameters{}
                                                                         .array(std::move(order))
                                                                         .array(std::move(seq))
                                                                         .array(std::move(channel))
                                                                         .array(std::move(subject))
                                                                         .array(std::move(recipient))
                                                                         .array(std::move(status))
                                                                         .array(std::move(at)));
}

void send_messages(connection& link, const batch_rows& rows) {
  if (rows.messages.empty()) return;
  array_column number{element::int8}, tenant{element::text}, user{element::text}, order{element::int8}, channel{element::text},
      recipient{element::text}, subject{element::text}, text{element::text}, key_hash{element::int8}, scope{element::text},
      key{element::text}, body_hash{element::int8}, asked_at{element::int8}, send_at{element::int8}, due_at{element::int8},
      tries{element::int8}, status{element::int2}, settled_at{element::int8};
  for (const auto& [of, row] : rows.messages) {
    const auto claim = row->key.value_or(key_claim{});
    number.add(of);
    tenant.add(std::string_view{row->tenant});
    user.add(std::string_view{row->user});
    order.add(row->order.value);
    channel.add(std::string_view{row->channel});
    recipient.add(std::string_view{row->recipient});
    subject.add(std::string_view{row->subject});
    text.add(std::string_view{row->text});
    key_hash.add(row->key ? std::optional{stored(hash_of(claim.scope, claim.key))} : std::nullopt);
    scope.add(std::string_view{claim.scope});
    key.add(std::string_view{claim.key});
    body_hash.add(stored(claim.body_hash));
    asked_at.add(to_ms(row->asked_at));
    send_at.add(to_ms(row->send_at));
    due_at.add(row->due_at ? std::optional{to_ms(*row->due_at)} : std::nullopt);
    tries.add(int64_t{row->tries});
    status.add(static_cast<int64_t>(row->status));
    settled_at.add(to_ms(row->settled_at));
  }
  parameters with;
  for (auto* column : {&number, &tenant, &user, &order, &channel, &recipient, &subject, &text, &key_hash, &scope, &key,
                       &body_hash, &asked_at, &send_at, &due_at, &tries, &status, &settled_at})
    with.array(std::move(*column));
  link.send(upsert_messages, with);
}

}  // namespace

void send_batch(connection& link, const batch& work, const batch_rows& rows) {
  send_expectations(link, rows);
  send_events(link, work);
  send_keys(link, rows);
  send_orders(link, rows);
  send_states(link, rows, true);
  send_states(link, rows, false);
  send_stock(link, rows);
  send_reservations(link, rows);
  send_products(link, rows);
  send_accounts(link, rows);
  send_cursors(link, rows);
  send_notifications(link, rows, false);
  send_notifications(link, rows, true);
  send_messages(link, rows);
  if (work.rehearsal) link.send(write_ballast, parameters{}.int4(int32_t{rehearsed_bytes}));
}

}  // namespace orderflow::postgres
