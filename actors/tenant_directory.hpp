// Which actors serve a tenant: looked up by everybody who asks a warehouse or a catalogue, without a message and without waiting.
// Thread rule: `find` and `all` from any thread; `add` from one at a time (before the first request, then the tenants actor).
// What was found stays where it is until the directory ends: tenants are only ever added.
#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "messages/interfaces.hpp"

namespace orderflow {

/// One tenant: its number is that of its two streams.
struct tenant_entry {
  int64_t number = 0;
  std::string name;
  inventory_actor inventory;
  catalogue_actor catalogue;
};

class tenant_directory {
 public:
  tenant_directory() = default;
  tenant_directory(const tenant_directory&) = delete;
  tenant_directory& operator=(const tenant_directory&) = delete;

  /// nullptr: not seen in this process.
  [[nodiscard]] const tenant_entry* find(std::string_view name) const {
    const node* at = by_name_[place_of(name)].load(std::memory_order_acquire);
    while (at && at->entry.name != name) at = at->next_name;
    return at ? &at->entry : nullptr;
  }
  [[nodiscard]] const tenant_entry* find(int64_t number) const {
    const node* at = by_number_[place_of(number)].load(std::memory_order_acquire);
    while (at && at->entry.number != number) at = at->next_number;
    return at ? &at->entry : nullptr;
  }

  [[nodiscard]] std::vector<const tenant_entry*> all() const {
    std::vector<const tenant_entry*> everyone;
    for (const auto& head : by_number_)
      for (const node* at = head.load(std::memory_order_acquire); at; at = at->next_number) everyone.push_back(&at->entry);
    return everyone;
  }

  /// Each tenant once.
  void add(tenant_entry one) {
    auto& name_head = by_name_[place_of(one.name)];
    auto& number_head = by_number_[place_of(one.number)];
    nodes_.push_back(std::make_unique<node>(node{std::move(one), name_head.load(), number_head.load()}));
    name_head.store(nodes_.back().get(), std::memory_order_release);
    number_head.store(nodes_.back().get(), std::memory_order_release);
  }

 private:
  static constexpr size_t places = 256;
  struct node {
    tenant_entry entry;
    const node* next_name = nullptr;
    const node* next_number = nullptr;
  };
  using heads = std::array<std::atomic<const node*>, places>;

  static size_t place_of(std::string_view name) { return std::hash<std::string_view>{}(name) % places; }
  static size_t place_of(int64_t number) { return static_cast<size_t>(number) % places; }

  heads by_name_{};
  heads by_number_{};
  std::vector<std::unique_ptr<node>> nodes_;
};

}  // namespace orderflow
