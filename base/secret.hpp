// A value that must not be seen: a key, a card number. It has no operator<< and no inspect, so that it can neither be logged
// nor sent to another process; a string's bytes are overwritten when it goes.
#pragma once

#include <cstring>
#include <string>
#include <type_traits>
#include <utility>

namespace orderflow {

template <class T>
class secret {
 public:
  secret() = default;
  explicit secret(T value) : value_(std::move(value)) {
    if constexpr (std::is_same_v<T, std::string>) wipe(value);
  }
  secret(const secret& other) = default;
  secret(secret&& other) noexcept : value_(std::move(other.value_)) { other.wipe(); }
  secret& operator=(const secret& other) {
    if (this != &other) {
      wipe();
      value_ = other.value_;
    }
    return *this;
  }
  secret& operator=(secret&& other) noexcept {
    if (this != &other) {
      wipe();
      value_ = std::move(other.value_);
      other.wipe();
    }
    return *this;
  }
  ~secret() { wipe(); }

  /// For the one place that needs it: a MAC, a call to the gateway. Do not keep what comes back.
  [[nodiscard]] const T& reveal() const { return value_; }

 private:
  void wipe() {
    if constexpr (std::is_same_v<T, std::string>) {
      wipe(value_);
    } else {
      value_ = T{};
    }
  }
  /// The whole capacity: a short string that was moved from keeps its bytes in place.
  static void wipe(std::string& text) {
    text.resize(text.capacity());
    explicit_bzero(text.data(), text.size());
    text.clear();
  }

  T value_{};
};

}  // namespace orderflow
