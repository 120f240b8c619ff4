// The stock as the inventory's events explain it, added up anew without the rules of domain/inventory.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "journal/store.hpp"

namespace orderflow {

class stock_audit {
 public:
  void add(const journal_event& one);

  /// on_hand = Σ adjustments − consumed, reserved = Σ open reservations.
  [[nodiscard]] const std::map<product_id, stock_level>& levels() const { return levels_; }
  /// Reservations that were made and neither released nor consumed.
  [[nodiscard]] const std::map<reservation_key, std::vector<stock_line>>& open() const { return open_; }
  /// What no sequence of right decisions leads to, such as stock released that was never reserved.
  [[nodiscard]] const std::vector<std::string>& findings() const { return findings_; }
  [[nodiscard]] uint64_t events() const { return events_; }

 private:
  void close(const reservation_key& key, const std::vector<stock_line>& lines, bool consumed, uint64_t seq);
  void check(const product_id& product, uint64_t seq);
  void found(uint64_t seq, const std::string& what);

  std::map<product_id, stock_level> levels_;
  std::map<reservation_key, std::vector<stock_line>> open_;
  std::vector<std::string> findings_;
  uint64_t events_ = 0;
};

}  // namespace orderflow
