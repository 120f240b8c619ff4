#include "tests/sim/memory_store.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "journal/rehearsal.hpp"

namespace orderflow::test {

namespace {

using disk_ptr = std::shared_ptr<memory_database::disk>;

/// Counts a fault down; true: it happens now.
bool happens(uint32_t& left) {
  if (left == 0) return false;
  --left;
  return true;
}

constexpr const char* away = "the store in memory is away, as the test says";

class memory_writer final : public store {
 public:
  memory_writer(disk_ptr on, uint32_t node) : disk_(std::move(on)), node_(node), holder_(++disk_->holders) {
    auto& place = disk_->tables.writers[node_];
    place.holder = holder_;
    epoch_ = ++place.epoch;
    last_batch_ = place.last_batch;
  }

  batch_outcome commit(const batch& work) override {
    auto& on = *disk_;
    if (on.seen) on.seen(work);
    if (on.faults.down || happens(on.faults.failing_commits)) return {batch_status::unavailable, {}, {}, away};
    if (!holds_place()) return {batch_status::fenced, {}, {}, "the writer's place was taken"};
    ++last_batch_;
    if (auto refused = refusal_of(work)) return std::move(*refused);
    auto lost = std::exchange(on.faults.abort_answer, std::nullopt);
    if (lost == lost_answer::before_commit) return {batch_status::unknown, {}, {}, away};
    auto positions = on.tables.write(work);
    on.tables.writers[node_].last_batch = last_batch_;
    ++on.counts.batches;
    on.counts.appends += work.appends.size();
    on.counts.writes += work.writes.size();
    if (lost == lost_answer::after_commit) return {batch_status::unknown, {}, {}, away};
    return {batch_status::committed, std::move(positions), {}, {}};
  }

  resolution resolve(const batch& work, std::vector<position>& positions) override {
    auto& on = *disk_;
    if (on.faults.down || happens(on.faults.failing_resolves)) return resolution::still_unknown;
    if (!holds_place()) return resolution::fenced;
    auto& place = on.tables.writers[node_];
    epoch_ = ++place.epoch;
    if (place.last_batch != last_batch_) return resolution::not_committed;
    positions.clear();
    for (const auto* one : work.appends) {
      auto last = one->expected_seq + one->events.size();
      if (one->events.empty())
        positions.emplace_back();
      else
        positions.push_back(on.tables.events[on.tables.streams.at(one->stream.packed()).at(last - 1)].at);
    }
    return resolution::committed;
  }

  std::vector<opened_stream> load(std::span<const stream_key> streams) override {
    // `failing_loads` is about entities: a rehearsal finds the store well.
    const bool rehearses = std::ranges::equal(streams, rehearsed_streams);
    if (disk_->faults.down || (!rehearses && happens(disk_->faults.failing_loads))) throw store_error{away};
    std::vector<opened_stream> loaded;
    for (const auto& stream : streams) loaded.push_back(disk_->tables.load(stream));
    disk_->counts.load_number += streams.size();
    return loaded;
  }

  int64_t number_of_tenant(const std::string& name) override {
    auto& on = *disk_;
    if (on.faults.down || happens(on.faults.failing_id_blocks)) throw store_error{away};
    if (!holds_place()) throw store_error{"the writer's place was taken"};
    for (const auto& [number, known] : on.tables.tenants)
      if (known == name) return number;
    const auto next = on.tables.tenants.empty() ? 1 : on.tables.tenants.rbegin()->first + 1;
    on.tables.tenants.emplace(next, name);
    return next;
  }

  id_block reserve_ids(uint32_t shard, uint32_t count) override {
    auto& on = *disk_;
    if (on.faults.down || happens(on.faults.failing_id_blocks)) throw store_error{away};
    if (!holds_place()) throw store_error{"the writer's place was taken"};
    // Ids are positive, so shard 0 begins with its second one.
    auto& next = on.tables.next_ids.try_emplace(shard, shard == 0 ? shard_count : int64_t{shard}).first->second;
    auto first = next;
    next += int64_t{count} * shard_count;
    return {first, count};
  }

 private:
  [[nodiscard]] bool holds_place() const {
    const auto& place = disk_->tables.writers[node_];
    return place.holder == holder_ && place.epoch == epoch_;
  }

  /// Why the batch is rolled back; nothing: it can be written.
  [[nodiscard]] std::optional<batch_outcome> refusal_of(const batch& work) {
    auto& on = *disk_;
    batch_outcome refused{batch_status::rejected, {}, {}, "a constraint refused the batch"};
    auto spoilt = on.faults.spoil && std::ranges::any_of(work.appends, [&](const auto* one) { return on.faults.spoil(*one); });
    if (!spoilt) refused.rejected = on.tables.rejected_of(work);
    if (!spoilt && on.faults.blame)
      for (size_t i = 0; i < work.appends.size(); ++i)
        if (auto status = on.faults.blame(*work.appends[i]); status != append_status::committed)
          refused.rejected.push_back({i, status, std::nullopt, "as the test says"});
    if (!spoilt && refused.rejected.empty() && on.tables.accepts(work)) return std::nullopt;
    ++on.counts.rejected;
    return refused;
  }

  disk_ptr disk_;
  uint32_t node_;
  uint64_t holder_;
  uint64_t epoch_ = 0;
  uint64_t last_batch_ = 0;
};

class memory_reader final : public reader {
 public:
  explicit memory_reader(disk_ptr on) : disk_(std::move(on)) {}

  void begin_snapshot() override {}
  void end_snapshot() override {}
  std::vector<listed_order> list_orders(const order_query& query) override {
    auto found = matching(query);
    std::ranges::sort(found, {}, [](const listed_order& one) { return one.row.place(); });
    if (!query.oldest_first) std::ranges::reverse(found);
    if (query.after)
      std::erase_if(found, [&](const listed_order& one) {
        return query.oldest_first ? one.row.place() <= *query.after : one.row.place() >= *query.after;
      });
    found.erase(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(std::min<size_t>(query.skip, found.size())));
    if (found.size() > query.limit) found.resize(query.limit);
    return found;
  }

  uint64_t count_orders(const order_query& query) override { return matching(query).size(); }

  std::optional<listed_order> find_order(order_id id) override {
    const auto& on = tables();
    return on.states.contains(id) ? std::optional{on.listed(id)} : std::nullopt;
  }

  std::vector<journal_event> history(stream_key stream) override {
    const auto& on = tables();
    std::vector<journal_event> found;
    if (auto at = on.streams.find(stream.packed()); at != on.streams.end())
      for (auto place : at->second) found.push_back(on.events[place]);
    return found;
  }

  std::optional<key_claim> find_key(const std::string& scope, const std::string& key) override {
    const auto& on = tables();
    auto found = on.keys.find({scope, key});
    return found == on.keys.end() ? std::nullopt : std::optional{found->second};
  }

  reservation_mark find_reservation(reservation_key key) override {
    const auto& rows = tables().reservations;
    if (rows.contains({key, true})) return reservation_mark::closed;
    return rows.contains({key, false}) ? reservation_mark::open : reservation_mark::none;
  }

  std::vector<due_order> due_before(timestamp until, const std::optional<due_order>& after, uint32_t limit) override {
    std::vector<due_order> due;
    for (const auto& [id, state] : tables().states)
      if (state.due_at && *state.due_at < until) due.push_back({id, *state.due_at});
    return page_of(std::move(due), after, limit);
  }

  std::vector<due_order> open_orders(const std::optional<due_order>& after, uint32_t limit) override {
    std::vector<due_order> open;
    for (const auto& [id, state] : tables().states)
      if (state.open) open.push_back({id, from_ms(*stored_due(state))});
    return page_of(std::move(open), after, limit);
  }

  static std::vector<due_order> page_of(std::vector<due_order> all, const std::optional<due_order>& after, uint32_t limit) {
    auto place = [](const due_order& one) { return std::pair{one.due_at, one.id}; };
    std::ranges::sort(all, {}, place);
    if (after) std::erase_if(all, [&](const due_order& one) { return place(one) <= place(*after); });
    if (all.size() > limit) all.resize(limit);
    return all;
  }

  std::vector<journal_event> events_after(position cursor, stream_kind kind, std::span<const uint16_t> types,
                                          uint32_t limit) override {
    const auto& events = tables().events;
    std::vector<journal_event> found;
    for (auto place = cursor.major; place < events.size() && found.size() < limit; ++place)
      if (events[place].stream.kind == kind && std::ranges::find(types, events[place].event.type) != types.end())
        found.push_back(events[place]);
    return found;
  }

  std::optional<position> find_cursor(const std::string& sink) override {
    const auto& on = tables();
    auto found = on.cursors.find(sink);
    return found == on.cursors.end() ? std::nullopt : std::optional{found->second};
  }

  bool has_notification(order_id order, uint64_t seq, const std::string& channel) override {
    return std::ranges::any_of(tables().notifications, [&](const notification_row& one) {
      return one.order == order && one.seq == seq && one.channel == channel;
    });
  }

  std::vector<notification_row> notifications(order_id order) override {
    auto found = tables().notifications;
    std::erase_if(found, [&](const notification_row& one) { return one.order != order; });
    std::ranges::stable_sort(found, {}, [](const notification_row& one) { return std::tie(one.at, one.seq, one.channel); });
    return found;
  }

  std::vector<message_row> open_messages(uint32_t limit) override {
    std::vector<message_row> open;
    for (const auto& [number, row] : tables().messages)
      if (row.due_at) open.push_back(row);
    std::ranges::stable_sort(open, {}, [](const message_row& one) { return *one.due_at; });
    if (open.size() > limit) open.resize(limit);
    return open;
  }

  std::optional<message_row> find_message(const std::string& scope, const std::string& key) override {
    for (const auto& [number, row] : tables().messages)
      if (row.key && row.key->scope == scope && row.key->key == key) return row;
    return std::nullopt;
  }

  std::optional<message_row> find_message(int64_t number) override {
    const auto& messages = tables().messages;
    const auto found = messages.find(number);
    return found == messages.end() ? std::nullopt : std::optional{found->second};
  }

  std::vector<message_row> undeliverable_messages(const std::string& tenant, int64_t after, uint32_t limit) override {
    const auto& on = tables();
    std::vector<message_row> found;
    for (auto at = on.messages.upper_bound(after); at != on.messages.end() && found.size() < limit; ++at) {
      const auto& row = at->second;
      const auto about = on.orders.find(row.order);
      const auto& whose = row.tenant.empty() && about != on.orders.end() ? about->second.source.tenant : row.tenant;
      if (row.status == message_status::given_up && whose == tenant) found.push_back(row);
    }
    return found;
  }

  std::vector<uint64_t> count_by_operator_reason() override {
    std::vector<uint64_t> counts(16, 0);
    for (const auto& [id, state] : tables().states)
      if (state.needs_operator != operator_reason::none) ++counts[static_cast<size_t>(state.needs_operator)];
    return counts;
  }

  std::vector<uint64_t> count_by_status() override {
    std::vector<uint64_t> counts(static_cast<size_t>(order_status::cancelled) + 1, 0);
    for (const auto& [id, state] : tables().states) ++counts[static_cast<size_t>(state.status)];
    return counts;
  }

  std::vector<listed_order> scan_orders(order_id after, uint32_t limit) override {
    const auto& on = tables();
    std::vector<listed_order> found;
    for (auto at = on.orders.upper_bound(after); at != on.orders.end() && found.size() < limit; ++at)
      found.push_back(on.listed(at->first));
    return found;
  }

  /// Asked at each start, which the store's faults are not about.
  std::vector<tenant_row> tenants() override {
    std::vector<tenant_row> known;
    for (const auto& [number, name] : disk_->tables.tenants) known.push_back({number, name});
    return known;
  }

  std::vector<stock_row> stock(int64_t tenant_number) override {
    std::vector<stock_row> levels;
    for (const auto& [key, level] : tables().stock)
      if (key.first == tenant_number) levels.push_back({key.second, level});
    return levels;
  }

  std::vector<listed_account> scan_accounts(int64_t after, uint32_t limit) override {
    const auto& on = tables().accounts;
    std::vector<listed_account> found;
    for (auto at = on.upper_bound(after); at != on.end() && found.size() < limit; ++at) found.push_back({at->first, at->second});
    return found;
  }

 private:
  /// Every question begins here, so none is answered while the store is away.
  [[nodiscard]] const memory_tables& tables() {
    if (disk_->faults.down || happens(disk_->faults.failing_reads)) throw store_error{away};
    return disk_->tables;
  }

  [[nodiscard]] std::vector<listed_order> matching(const order_query& query) {
    const auto& on = tables();
    std::vector<listed_order> found;
    for (const auto& [id, row] : on.orders)
      if (auto one = on.listed(id); on.matches(query, one)) found.push_back(std::move(one));
    return found;
  }

  disk_ptr disk_;
};

}  // namespace

memory_database::memory_database() : disk_(std::make_shared<disk>()) {}

memory_database::~memory_database() = default;

std::unique_ptr<store> memory_database::open_writer(uint32_t node) {
  if (disk_->faults.down) throw store_error{away};
  return std::make_unique<memory_writer>(disk_, node);
}

std::unique_ptr<reader> memory_database::open_reader() {
  if (disk_->faults.down) throw store_error{away};
  return std::make_unique<memory_reader>(disk_);
}

void memory_database::backup(const std::string& target) {
  if (!disk_->backups.try_emplace(target, disk_->tables).second) throw store_error{"a backup of that name exists"};
}

void memory_database::restore(const std::string& source) {
  const auto found = disk_->backups.find(source);
  if (found == disk_->backups.end()) throw store_error{"there is no backup of that name"};
  if (!disk_->tables.events.empty()) throw store_error{"a backup is restored to where nothing is"};
  disk_->tables = found->second;
}

}  // namespace orderflow::test
