#include "journal/sqlite/rejected_append.hpp"

#include <unordered_map>

#include "journal/sqlite/load.hpp"

namespace orderflow::sqlite {
namespace {

class search {
 public:
  explicit search(connection& db)
      : db_{db},
        tail_{db.prepared(tail_of_stream)},
        order_{db.prepared("SELECT 1 FROM orders WHERE id = ?1")},
        reservation_{db.prepared("SELECT 1 FROM reservations WHERE order_id = ?1 AND round = ?2 AND closing = ?3")} {}

  /// `none`, or why the append cannot be written.
  std::optional<rejected_append> look_at(size_t index, const append_request& append) {
    const auto misplaced = out_of_place(append);
    for (const auto* claim : {&append.key, &append.also}) {
      if (!*claim) continue;
      if (auto existing = find_key(db_, (*claim)->scope, (*claim)->key)) {
        return rejected_append{index, append_status::duplicate, std::move(existing), "the key exists"};
      }
    }
    if (misplaced) return conflict(index, *misplaced);
    if (const auto* rows = std::get_if<order_rows>(&append.rows); rows != nullptr && rows->created) {
      query found{order_};
      if (found.with(rows->created->id.value).next()) return conflict(index, "the order exists");
    }
    if (const auto* rows = std::get_if<inventory_rows>(&append.rows); rows != nullptr) {
      for (const auto& row : rows->reservations) {
        query found{reservation_};
        if (found.with(row.key.order.value, int64_t{row.key.round}, int64_t{row.closing}).next()) {
          return conflict(index, "the reservation exists");
        }
      }
    }
    return std::nullopt;
  }

 private:
  static rejected_append conflict(size_t index, std::string why) {
    return {index, append_status::conflict, std::nullopt, std::move(why)};
  }

  /// Follows each stream through the batch, so that only the append at the wrong place is named and not those behind it.
  std::optional<std::string> out_of_place(const append_request& append) {
    const auto [tail, first] = tails_.try_emplace(append.stream.packed(), 0);
    if (first) {
      query stored{tail_};
      if (stored.with(append.stream.packed()).next()) tail->second = static_cast<uint64_t>(stored.integer(0));
    }
    const auto before = tail->second;
    tail->second = append.expected_seq + append.events.size();
    if (before == append.expected_seq) return std::nullopt;
    return "the stream stands at event " + std::to_string(before);
  }

  connection& db_;
  statement& tail_;
  statement& order_;
  statement& reservation_;
  std::unordered_map<int64_t, uint64_t> tails_;
};

}  // namespace

std::vector<rejected_append> find_rejected(connection& db, const batch& work) {
  search in{db};
  std::vector<rejected_append> rejected;
  for (size_t i = 0; i < work.appends.size(); ++i) {
    if (auto found = in.look_at(i, *work.appends[i])) rejected.push_back(std::move(*found));
  }
  return rejected;
}

std::optional<key_claim> find_key(connection& db, const std::string& scope, const std::string& key) {
  query found{db.prepared("SELECT body_hash, order_id, at FROM idempotency WHERE hash = ?1 AND scope = ?2 AND key = ?3")};
  const auto hash = static_cast<int64_t>(hash_of(scope, key));
  if (!found.with(hash, std::string_view{scope}, std::string_view{key}).next()) return std::nullopt;
  return key_claim{scope, key, static_cast<uint64_t>(found.integer(0)), {found.integer(1)}, from_ms(found.integer(2))};
}

}  // namespace orderflow::sqlite
