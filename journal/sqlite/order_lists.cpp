#include "journal/sqlite/order_lists.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <string>
#include <variant>

#include "journal/list_times.hpp"

namespace orderflow::sqlite {
namespace {

#define LISTED_COLUMNS(tenant, listed_at)                                 \
  "SELECT o.id, s.version, o.owner, " tenant                              \
  ", o.origin, o.external_id, o.batch_id, o.csv_source, o.import_group, " \
  "o.customer_email, o.created_at, s.state, s.state_version, " listed_at  \
  " FROM orders AS o CROSS JOIN order_state AS s ON s.id = o.id "

constexpr std::string_view one_order = LISTED_COLUMNS("o.tenant", "o.listed_at") "WHERE o.id = ?1";

/// What the index of tenants' lists says of an order is shown where it is not what the order's row says, so that it is found.
constexpr std::string_view all_orders =
    LISTED_COLUMNS("iif(s.tenant = o.tenant, o.tenant, s.tenant || '≠' || o.tenant)",
                   "iif(s.listed_at = o.listed_at, o.listed_at, -1)") "WHERE o.id > ?1 ORDER BY o.id LIMIT ?2";

#undef LISTED_COLUMNS

/// The indexes on `orders` are grouped by blocks of ids; see the schema.
constexpr const char* block_of_id = "(o.id >> 15)";
constexpr int bits_of_block = 15;

constexpr std::array all_statuses{order_status::pending, order_status::payment_processing, order_status::paid,
                                  order_status::shipped, order_status::delivered,          order_status::cancelled};

constexpr auto least = std::numeric_limits<int64_t>::min();
constexpr auto most = std::numeric_limits<int64_t>::max();

/// A list_place as SQLite has it.
struct spot {
  int64_t at = 0;
  int64_t id = 0;
  auto operator<=>(const spot&) const = default;
};

/// The part of a list between two places; both are outside.
struct stretch {
  spot above{least, least};
  spot below{most, most};
};

stretch stretch_of(const order_query& wanted) {
  stretch part;
  // The index has the times of listing; those of creation, which are never later, are looked at in what it yields.
  if (wanted.created_from) part.above = {to_us(*wanted.created_from) - 1, most};
  if (wanted.created_to) part.below = {to_us(*wanted.created_to + list_times::longest_delay), least};
  if (!wanted.after) return part;
  const spot seen{to_us(wanted.after->at), wanted.after->id.value};
  if (wanted.oldest_first) {
    part.above = std::max(part.above, seen);
  } else {
    part.below = std::min(part.below, seen);
  }
  return part;
}

listed_order row_of(const query& at) {
  listed_order row;
  row.id = {at.integer(0)};
  row.version = static_cast<uint64_t>(at.integer(1));
  row.row.id = row.id;
  row.row.source = {at.text(2), at.text(3), at.text(4), at.text(5), at.text(6), at.text(7), at.text(8)};
  row.row.customer_email = at.text(9);
  row.row.created_at = from_ms(at.integer(10));
  row.state = at.text(11);
  row.state_version = static_cast<uint16_t>(at.integer(12));
  row.row.listed_at = from_us(at.integer(13));
  return row;
}

/// A part of an index that is in the order of the list: orders of one status of a tenant, or of one block of ids.
struct index_range {
  int64_t number = 0;  ///< Status or block.
  std::string tenant;
};

// The places of parameters in the text that `walk` makes.
constexpr int place_of_number = 1, place_of_tenant = 2, place_of_above = 3, place_of_below = 5, place_of_limit = 7;
constexpr size_t places_before_values = 7;

/// A query as conditions on an index whose ranges are read one after the other. The query must outlive it.
class walk {
 public:
  explicit walk(const order_query& wanted) : wanted_{wanted} {
    // From the most to the least telling one.
    indexed("external_id", wanted.external_id);
    indexed("import_group", wanted.import_group);
    indexed("batch_id", wanted.batch_id);
    indexed("customer_email", wanted.customer_email);
    indexed("owner", wanted.owner);
    along_needs_ = wanted.needs_operator;
    along_blocks_ = !along_needs_ && !index_.empty();
    if (wanted.created_from) add("o.created_at >= ", to_ms(*wanted.created_from));
    if (wanted.created_to) add("o.created_at < ", to_ms(*wanted.created_to));
    // Otherwise both are in the range.
    if (!along_blocks_ && !along_needs_) return;
    if (wanted.tenant) add("o.tenant = ", std::string_view{*wanted.tenant});
    if (wanted.status) add("s.status = ", static_cast<int64_t>(*wanted.status));
  }

  /// Newest first, unless the list is the other way round; for statuses the order does not matter.
  [[nodiscard]] std::vector<index_range> ranges(connection& db) const {
    // Few orders wait for a person, of whatever status: they are one range.
    if (along_needs_) return {index_range{}};
    auto all = along_blocks_ ? blocks(db) : statuses(db);
    if (wanted_.oldest_first) std::ranges::reverse(all);
    return all;
  }

  [[nodiscard]] std::string places() const {
    return "SELECT " + at() + ", " + id() + tables_and_conditions() + " ORDER BY " + at() + direction() + ", " + id() +
           direction() + " LIMIT ?" + std::to_string(place_of_limit);
  }
  [[nodiscard]] std::string count() const { return "SELECT count(*)" + tables_and_conditions(); }

  void bind_values(statement& to) const {
    for (size_t i = 0; i < values_.size(); ++i) {
      const auto place = static_cast<int>(i + places_before_values + 1);
      std::visit([&](const auto& value) { to.bind(place, value); }, values_[i]);
    }
  }
  static void bind_stretch(statement& to, const stretch& part) {
    to.bind(place_of_above, part.above.at);
    to.bind(place_of_above + 1, part.above.id);
    to.bind(place_of_below, part.below.at);
    to.bind(place_of_below + 1, part.below.id);
  }
  void bind_range(statement& to, const index_range& range) const {
    to.bind(place_of_number, range.number);
    if (!along_blocks_ && !along_needs_) to.bind(place_of_tenant, std::string_view{range.tenant});
  }

 private:
  using bound = std::variant<int64_t, std::string_view>;

  [[nodiscard]] std::string at() const { return along_blocks_ ? "o.listed_at" : "s.listed_at"; }
  [[nodiscard]] std::string id() const { return along_blocks_ ? "o.id" : "s.id"; }
  [[nodiscard]] const char* direction() const { return wanted_.oldest_first ? "" : " DESC"; }

  /// CROSS JOIN fixes the order of the tables.
  [[nodiscard]] std::string tables_and_conditions() const {
    std::string text = " FROM ";
    if (along_blocks_) {
      text += "orders AS o INDEXED BY orders_by_" + index_;
      if (wanted_.status) text += " CROSS JOIN order_state AS s ON s.id = o.id";
      text += std::string{" WHERE "} + block_of_id + " = ?1";
    } else if (along_needs_) {
      text += "order_state AS s INDEXED BY order_state_operator";
      if (!values_.empty()) text += " CROSS JOIN orders AS o ON o.id = s.id";
      text += " WHERE s.operator_reason IS NOT NULL";
    } else {
      text += "order_state AS s INDEXED BY order_state_listed";
      if (!values_.empty()) text += " CROSS JOIN orders AS o ON o.id = s.id";
      text += " WHERE s.status = ?1 AND s.tenant = ?2";
    }
    const auto place = "(" + at() + ", " + id() + ")";
    return text + " AND " + place + " > (?3, ?4) AND " + place + " < (?5, ?6)" + conditions_;
  }

  void add(const std::string& before, bound value) {
    values_.push_back(value);
    conditions_ += " AND " + before + "?" + std::to_string(places_before_values + values_.size());
  }
  void indexed(const std::string& column, const std::optional<std::string>& wanted) {
    if (!wanted) return;
    add("o." + column + " = ", std::string_view{*wanted});
    // The index holds no empty texts, and SQLite takes it only where the query says so too.
    if (wanted->empty()) return;
    conditions_ += " AND o." + column + " <> ''";
    if (index_.empty()) index_ = column;
  }

  /// All that have orders, the highest first.
  static std::vector<index_range> blocks(connection& db) {
    std::vector<index_range> found;
    auto& highest = db.prepared("SELECT max(id) FROM orders WHERE id < ?1");
    for (auto end = most;;) {
      query below{highest};
      if (!below.with(end).next() || below.is_null(0)) return found;
      const auto block = below.integer(0) >> bits_of_block;
      found.push_back({block, {}});
      end = block << bits_of_block;
    }
  }

  [[nodiscard]] std::vector<index_range> statuses(connection& db) const {
    std::vector<index_range> found;
    for (const auto& tenant : wanted_.tenant ? std::vector{*wanted_.tenant} : all_tenants(db)) {
      for (const auto status : all_statuses)
        if (wanted_.status.value_or(status) == status) found.push_back({static_cast<int64_t>(status), tenant});
    }
    return found;
  }

  static std::vector<std::string> all_tenants(connection& db) {
    std::vector<std::string> found;
    auto& next = db.prepared("SELECT min(tenant) FROM order_state INDEXED BY order_state_listed WHERE tenant > ?1");
    auto& first = db.prepared("SELECT min(tenant) FROM order_state INDEXED BY order_state_listed");
    {
      query lowest{first};
      if (!lowest.next() || lowest.is_null(0)) return found;
      found.push_back(lowest.text(0));
    }
    for (;;) {
      const auto before = found.back();
      query above{next};
      if (!above.with(std::string_view{before}).next() || above.is_null(0)) return found;
      found.push_back(above.text(0));
    }
  }

  const order_query& wanted_;
  bool along_blocks_ = false;
  bool along_needs_ = false;
  std::string index_;  ///< The column whose index is walked.
  std::string conditions_;
  std::vector<bound> values_;
};

/// The first places of a list, of those that were shown so far.
class first_places {
 public:
  first_places(size_t count, bool oldest_first) : count_{count}, oldest_first_{oldest_first} {}

  /// What of the next range could still be among them.
  [[nodiscard]] stretch open_part(stretch part) const {
    if (places_.size() < count_) return part;
    if (oldest_first_) {
      part.below = std::min(part.below, places_.back());
    } else {
      part.above = std::max(part.above, places_.back());
    }
    return part;
  }

  /// Of one range: in the order of the list.
  void take(query& rows) {
    const auto before = static_cast<std::ptrdiff_t>(places_.size());
    while (rows.next()) places_.push_back({rows.integer(0), rows.integer(1)});
    const auto middle = places_.begin() + before;
    if (oldest_first_) {
      std::inplace_merge(places_.begin(), middle, places_.end());
    } else {
      std::inplace_merge(places_.begin(), middle, places_.end(), std::greater<>{});
    }
    if (places_.size() > count_) places_.resize(count_);
  }

  [[nodiscard]] const std::vector<spot>& places() const { return places_; }

 private:
  size_t count_;
  bool oldest_first_;
  std::vector<spot> places_;
};

}  // namespace

std::vector<listed_order> list_orders(connection& db, const order_query& wanted) {
  const auto count = size_t{wanted.skip} + wanted.limit;
  if (wanted.limit == 0) return {};
  // An order that changes its status between two ranges must not be seen twice, or not at all.
  const snapshot held{db};
  const walk along{wanted};
  first_places first{count, wanted.oldest_first};
  statement next{db.raw(), along.places()};
  along.bind_values(next);
  next.bind(place_of_limit, static_cast<int64_t>(count));
  for (const auto& range : along.ranges(db)) {
    along.bind_range(next, range);
    walk::bind_stretch(next, first.open_part(stretch_of(wanted)));
    query rows{next};
    first.take(rows);
  }
  std::vector<listed_order> listed;
  auto& one = db.prepared(one_order);
  for (size_t i = wanted.skip; i < first.places().size(); ++i) {
    query row{one};
    if (row.with(first.places()[i].id).next()) listed.push_back(row_of(row));
  }
  return listed;
}

uint64_t count_orders(connection& db, const order_query& wanted) {
  const snapshot held{db};
  const walk along{wanted};
  statement next{db.raw(), along.count()};
  along.bind_values(next);
  auto whole = wanted;
  whole.after.reset();
  walk::bind_stretch(next, stretch_of(whole));
  uint64_t count = 0;
  for (const auto& range : along.ranges(db)) {
    along.bind_range(next, range);
    query rows{next};
    if (rows.next()) count += static_cast<uint64_t>(rows.integer(0));
  }
  return count;
}

std::optional<listed_order> find_order(connection& db, order_id id) {
  query found{db.prepared(one_order)};
  if (!found.with(id.value).next()) return std::nullopt;
  return row_of(found);
}

std::vector<listed_order> scan_orders(connection& db, order_id after, uint32_t limit) {
  query rows{db.prepared(all_orders)};
  rows.with(after.value, int64_t{limit});
  std::vector<listed_order> listed;
  while (rows.next()) listed.push_back(row_of(rows));
  return listed;
}

}  // namespace orderflow::sqlite
