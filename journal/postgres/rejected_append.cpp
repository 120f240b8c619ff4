#include "journal/postgres/rejected_append.hpp"

namespace orderflow::postgres {

namespace {

// Every query numbers its input, so that an answer leads back to the append: `i` is the append's place in the batch, or the
// claim's among those asked for.

constexpr statement find_keys{"find_keys", R"sql(
SELECT wanted.i::integer, k.body_hash, k.order_id, k.at
FROM (SELECT unnest($1::integer[]) AS i, unnest($2::bigint[]) AS hash, unnest($3::text[]) AS scope, unnest($4::text[]) AS key)
  AS wanted
JOIN idempotency AS k ON k.hash = wanted.hash AND k.scope = wanted.scope AND k.key = wanted.key)sql"};

constexpr statement find_tails{"find_tails", R"sql(
SELECT wanted.i::integer, tail.seq
FROM (SELECT unnest($1::integer[]) AS i, unnest($2::bigint[]) AS stream, unnest($3::bigint[]) AS expected) AS wanted,
  LATERAL (SELECT coalesce(
    (SELECT e.seq + e.count - 1 FROM events AS e WHERE e.stream = wanted.stream ORDER BY e.seq DESC LIMIT 1), 0) AS seq) AS tail
WHERE tail.seq <> wanted.expected)sql"};

constexpr statement find_orders{"find_orders", R"sql(
SELECT wanted.i::integer
FROM (SELECT unnest($1::integer[]) AS i, unnest($2::bigint[]) AS id) AS wanted
JOIN orders ON orders.id = wanted.id)sql"};

constexpr statement find_reservations{"find_reservations", R"sql(
SELECT DISTINCT wanted.i::integer
FROM (SELECT unnest($1::integer[]) AS i, unnest($2::bigint[]) AS order_id, unnest($3::bigint[]) AS round,
             unnest($4::boolean[]) AS closing) AS wanted
JOIN reservations AS r ON r.order_id = wanted.order_id AND r.round = wanted.round AND r.closing = wanted.closing)sql"};

using found = std::map<size_t, rejected_append>;

size_t index_in(const answer& rows, int row) { return static_cast<size_t>(rows.int4(row, 0)); }

void name_conflict(found& out, size_t index, std::string detail) {
  out.try_emplace(index, rejected_append{index, append_status::conflict, std::nullopt, std::move(detail)});
}

void search_keys(connection& link, const batch& work, found& out) {
  array_column i{element::int4}, hash{element::int8}, scope{element::text}, key{element::text};
  std::vector<std::pair<size_t, const key_claim*>> asked;
  for (size_t index = 0; index < work.appends.size(); ++index)
    for (const auto* claim : {&work.appends[index]->key, &work.appends[index]->also})
      if (*claim) asked.emplace_back(index, &**claim);
  for (size_t place = 0; place < asked.size(); ++place) {
    const auto& claim = *asked[place].second;
    i.add(static_cast<int64_t>(place));
    hash.add(static_cast<int64_t>(hash_of(claim.scope, claim.key)));
    scope.add(std::string_view{claim.scope});
    key.add(std::string_view{claim.key});
  }
  if (i.size() == 0) return;
  const auto rows =
      link.ask(find_keys, parameters{}.array(std::move(i)).array(std::move(hash)).array(std::move(scope)).array(std::move(key)));
  for (int row = 0; row < rows.rows(); ++row) {
    const auto& [index, claim] = asked[index_in(rows, row)];
    auto existing = *claim;
    existing.body_hash = static_cast<uint64_t>(rows.int8(row, 1));
    existing.order = {rows.int8(row, 2)};
    existing.at = from_ms(rows.int8(row, 3));
    out.try_emplace(index, rejected_append{index, append_status::duplicate, std::move(existing), "the key exists"});
  }
}

void search_streams(connection& link, const batch_rows& rows, found& out) {
  array_column i{element::int4}, stream{element::int8}, expected{element::int8};
  for (const auto& head : rows.heads) {
    i.add(static_cast<int64_t>(head.append));
    stream.add(head.stream);
    expected.add(static_cast<int64_t>(head.expected_seq));
  }
  if (i.size() == 0) return;
  const auto tails = link.ask(find_tails, parameters{}.array(std::move(i)).array(std::move(stream)).array(std::move(expected)));
  for (int row = 0; row < tails.rows(); ++row) {
    name_conflict(out, index_in(tails, row), "the stream stands at event " + std::to_string(tails.int8(row, 1)));
  }
}

void search_orders(connection& link, const batch& work, found& out) {
  array_column i{element::int4}, id{element::int8};
  for (size_t index = 0; index < work.appends.size(); ++index) {
    const auto* rows = std::get_if<order_rows>(&work.appends[index]->rows);
    if (rows == nullptr || !rows->created) continue;
    i.add(static_cast<int64_t>(index));
    id.add(rows->created->id.value);
  }
  if (i.size() == 0) return;
  const auto rows = link.ask(find_orders, parameters{}.array(std::move(i)).array(std::move(id)));
  for (int row = 0; row < rows.rows(); ++row) name_conflict(out, index_in(rows, row), "the order exists");
}

void search_reservations(connection& link, const batch& work, found& out) {
  array_column i{element::int4}, order{element::int8}, round{element::int8}, closing{element::boolean};
  for (size_t index = 0; index < work.appends.size(); ++index) {
    const auto* rows = std::get_if<inventory_rows>(&work.appends[index]->rows);
    if (rows == nullptr) continue;
    for (const auto& row : rows->reservations) {
      i.add(static_cast<int64_t>(index));
      order.add(row.key.order.value);
      round.add(int64_t{row.key.round});
      closing.add(row.closing);
    }
  }
  if (i.size() == 0) return;
  const auto rows =
      link.ask(find_reservations,
               parameters{}.array(std::move(i)).array(std::move(order)).array(std::move(round)).array(std::move(closing)));
  for (int row = 0; row < rows.rows(); ++row) name_conflict(out, index_in(rows, row), "the reservation exists");
}

}  // namespace

std::vector<rejected_append> find_rejected(connection& link, const batch& work, const batch_rows& rows) {
  found by_append;
  search_keys(link, work, by_append);
  for (const auto& one : rows.misplaced) by_append.try_emplace(one.index, one);
  search_streams(link, rows, by_append);
  search_orders(link, work, by_append);
  search_reservations(link, work, by_append);
  std::vector<rejected_append> rejected;
  rejected.reserve(by_append.size());
  for (auto& [index, one] : by_append) rejected.push_back(std::move(one));
  return rejected;
}

}  // namespace orderflow::postgres
