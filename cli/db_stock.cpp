#include "cli/db_stock.hpp"

#include "base/overloaded.hpp"
#include "codec/inventory_json.hpp"

namespace orderflow {

namespace {

std::string name_of(const reservation_key& key) {
  return std::string{"order "}.append(std::to_string(key.order.value)).append(" round ").append(std::to_string(key.round));
}

}  // namespace

void stock_audit::found(uint64_t seq, const std::string& what) {
  findings_.push_back(std::string{"event "}.append(std::to_string(seq)).append(": ").append(what));
}

void stock_audit::check(const product_id& product, uint64_t seq) {
  const auto& level = levels_[product];
  if (level.reserved >= 0 && level.reserved <= level.on_hand) return;
  found(seq,
        product.value + " has " + std::to_string(level.on_hand) + " on hand and " + std::to_string(level.reserved) + " reserved");
}

void stock_audit::close(const reservation_key& key, const std::vector<stock_line>& lines, bool consumed, uint64_t seq) {
  const auto at = open_.find(key);
  if (at == open_.end()) return found(seq, name_of(key) + " is closed but not open");
  if (at->second != lines) found(seq, name_of(key) + " is closed with other lines than it was made with");
  open_.erase(at);
  for (const auto& line : lines) {
    levels_[line.product].reserved -= line.quantity;
    if (consumed) levels_[line.product].on_hand -= line.quantity;
    check(line.product, seq);
  }
}

void stock_audit::add(const journal_event& one) {
  ++events_;
  if (one.seq != events_) found(one.seq, "comes where event " + std::to_string(events_) + " is due");
  try {
    std::visit(overloaded{
                   [&](const lines_reserved& e) {
                     if (!open_.emplace(e.key, e.lines).second) return found(one.seq, name_of(e.key) + " is reserved twice");
                     for (const auto& line : e.lines) {
                       levels_[line.product].reserved += line.quantity;
                       check(line.product, one.seq);
                     }
                   },
                   [&](const lines_released& e) { close(e.key, e.lines, false, one.seq); },
                   [&](const lines_consumed& e) { close(e.key, e.lines, true, one.seq); },
                   [&](const key_voided& e) {
                     if (open_.contains(e.key)) found(one.seq, name_of(e.key) + " is voided while it is open");
                   },
                   [&](const stock_adjusted& e) {
                     levels_[e.product].on_hand += e.delta;
                     check(e.product, one.seq);
                   },
               },
               decode_inventory_event(one.event));
  } catch (const codec_error& why) {
    found(one.seq, why.what());
  }
}

}  // namespace orderflow
