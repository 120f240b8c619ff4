// Which of what is queued makes the next batch.
#include <algorithm>
#include <unordered_set>

#include "journal/writer.hpp"

namespace orderflow {
namespace {

bool same_key_twice(std::vector<uint64_t>& hashes) {
  std::sort(hashes.begin(), hashes.end());
  return std::adjacent_find(hashes.begin(), hashes.end()) != hashes.end();
}

}  // namespace

writer::chosen_work writer::choose() {
  if (queue_.empty() || writes_.empty()) turn_ = turn::both;
  chosen_work taken;
  if (turn_ != turn::writes) {
    const auto count = std::min(queue_.size(), limit_);
    taken.chosen.reserve(count);
    std::vector<uint64_t> keys;
    for (size_t i = 0; i < count; ++i) {
      taken.chosen.push_back(i);
      if (queue_[i].request.key) keys.push_back(queue_[i].key_hash);
    }
    if (same_key_twice(keys)) choose_without_shared_keys(taken.chosen);
    taken.work.appends.reserve(taken.chosen.size());
    for (const auto i : taken.chosen) taken.work.appends.push_back(times_.listed(queue_[i].request));
  }
  if (turn_ != turn::appends) {
    taken.writes = std::min(writes_.size(), write_limit_);
    for (size_t i = 0; i < taken.writes; ++i) taken.work.writes.push_back(&writes_[i].request);
  }
  return taken;
}

/// Leaves out every second claim of a key, what follows it in its stream, and what depends on either.
void writer::choose_without_shared_keys(std::vector<size_t>& chosen) const {
  std::unordered_set<uint64_t> claimed;
  std::unordered_map<stream_key, uint64_t, stream_hash> held;
  const auto hangs = [&](const entry& each) {
    if (held.contains(each.request.stream)) return true;
    if (!each.request.after) return false;
    const auto found = held.find(each.request.after->stream);
    return found != held.end() && each.request.after->seq >= found->second;
  };
  std::erase_if(chosen, [&](size_t i) {
    const auto& each = queue_[i];
    const bool later = hangs(each) || (each.request.key && claimed.contains(each.key_hash));
    if (later) {
      held.emplace(each.request.stream, each.first_seq());
    } else if (each.request.key) {
      claimed.insert(each.key_hash);
    }
    return later;
  });
}

}  // namespace orderflow
