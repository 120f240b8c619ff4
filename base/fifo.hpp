// A queue that costs nothing while it is empty: std::deque keeps half a kilobyte, and there is one queue per live order.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace orderflow {

template <class T>
class fifo {
 public:
  [[nodiscard]] bool empty() const { return head_ == items_.size(); }
  [[nodiscard]] size_t size() const { return items_.size() - head_; }
  [[nodiscard]] T& front() { return items_[head_]; }
  [[nodiscard]] T& back() { return items_.back(); }

  void push(T item) { items_.push_back(std::move(item)); }

  T pop() {
    T item = std::move(items_[head_++]);
    // Half of it is used up: move the rest down, so that the cost per item stays constant.
    if (head_ == items_.size()) {
      items_.clear();
      head_ = 0;
    } else if (head_ > 32 && head_ * 2 > items_.size()) {
      items_.erase(items_.begin(), items_.begin() + static_cast<std::ptrdiff_t>(head_));
      head_ = 0;
    }
    return item;
  }

  /// The first item of which that is true, or nullptr.
  template <class Predicate>
  [[nodiscard]] const T* find_if(Predicate&& wanted) const {
    for (size_t at = head_; at < items_.size(); ++at)
      if (wanted(items_[at])) return &items_[at];
    return nullptr;
  }

  [[nodiscard]] std::vector<T> take_all() {
    items_.erase(items_.begin(), items_.begin() + static_cast<std::ptrdiff_t>(head_));
    head_ = 0;
    return std::exchange(items_, {});
  }

 private:
  std::vector<T> items_;
  size_t head_ = 0;
};

}  // namespace orderflow
