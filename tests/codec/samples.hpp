// Values of every stored struct with every field set, from one source of parts: a counting one for the golden files, a random
// one for the laws.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "codec/inventory_json.hpp"

namespace orderflow::samples {

class source {
 public:
  virtual ~source() = default;
  virtual std::string text() = 0;
  virtual int64_t integer() = 0;
  virtual uint64_t large() = 0;
  virtual uint32_t small() = 0;
  virtual bool flag() = 0;
  virtual currency money() = 0;
  virtual size_t list_size() = 0;
  /// One of the numbers 0 … `count` − 1.
  virtual uint8_t choice(uint8_t count) = 0;

  /// A number of the enum, which begins at `first`.
  template <class Enum>
  Enum one_of(uint8_t first, Enum last) {
    return static_cast<Enum>(first + choice(static_cast<uint8_t>(static_cast<uint8_t>(last) - first + 1)));
  }
  std::optional<std::string> maybe_text() { return flag() ? std::optional{text()} : std::nullopt; }
  timestamp instant() { return from_ms(integer()); }
  milliseconds duration() { return milliseconds{integer()}; }
};

/// 1, 2, 3 … and texts that need escaping: always the same, never a default.
class counting final : public source {
 public:
  std::string text() override { return "t\u00e9xt \"" + std::to_string(++count_) + "\"\n"; }
  int64_t integer() override { return -1'000'000'000'000 - ++count_; }
  uint64_t large() override { return 18'446'744'073'709'551'000ULL + static_cast<uint64_t>(++count_); }
  uint32_t small() override { return 4'000'000'000U + static_cast<uint32_t>(++count_); }
  bool flag() override { return true; }
  currency money() override { return {{'J', 'P', 'Y'}}; }
  size_t list_size() override { return 2; }
  uint8_t choice(uint8_t count) override { return static_cast<uint8_t>(count - 1); }

 private:
  int64_t count_ = 0;
};

/// Random parts, for use inside rc::check.
class random_parts final : public source {
 public:
  std::string text() override;
  int64_t integer() override;
  uint64_t large() override;
  uint32_t small() override;
  bool flag() override;
  currency money() override;
  size_t list_size() override;
  uint8_t choice(uint8_t count) override;
};

[[nodiscard]] order make_order(source& from);
/// The alternative with that index in the variant.
[[nodiscard]] order_event make_order_event(source& from, size_t index);
[[nodiscard]] inventory_event make_inventory_event(source& from, size_t index);
[[nodiscard]] catalogue_event make_catalogue_event(source& from);

}  // namespace orderflow::samples
