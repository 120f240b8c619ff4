#include "journal/further_events.hpp"

#include <charconv>

namespace orderflow {
namespace {

/// Reads what `text_of_further` wrote; whatever else it meets ends it.
class reading {
 public:
  explicit reading(std::string_view text) : rest_(text) {}

  bool take(char expected) {
    if (rest_.empty() || rest_.front() != expected) return false;
    rest_.remove_prefix(1);
    return true;
  }

  template <class Number>
  bool take_number(Number& into) {
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), into);
    if (error != std::errc{}) return false;
    rest_.remove_prefix(static_cast<size_t>(end - rest_.data()));
    return true;
  }

  /// One JSON value, up to the bracket or comma behind it. Its inside is the codec's to judge.
  bool take_value(std::string& into) {
    int depth = 0;
    bool in_text = false;
    for (size_t i = 0; i < rest_.size(); ++i) {
      const char c = rest_[i];
      if (in_text) {
        if (c == '\\') ++i;
        in_text = c != '"';
      } else if (c == '"') {
        in_text = true;
      } else if (c == '{' || c == '[') {
        ++depth;
      } else if (depth == 0 && (c == ',' || c == ']')) {
        into = rest_.substr(0, i);
        rest_.remove_prefix(i);
        return !into.empty();
      } else if (c == '}' || c == ']') {
        --depth;
      }
    }
    return false;
  }

  bool take_event(stored_event& into) {
    int64_t at = 0;
    const bool whole = take('[') && take_number(into.type) && take(',') && take_number(into.version) && take(',') &&
                       take_number(at) && take(',') && take_value(into.body) && take(']');
    into.at = from_ms(at);
    return whole;
  }

  [[nodiscard]] bool at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

bool add_whole(std::string_view text, uint64_t count, std::vector<stored_event>& to) {
  reading from{text};
  for (uint64_t n = 0; n < count; ++n) {
    stored_event one;
    if (!from.take(n == 0 ? '[' : ',') || !from.take_event(one)) return false;
    to.push_back(std::move(one));
  }
  return from.take(']') && from.at_end();
}

}  // namespace

std::optional<std::string> text_of_further(std::span<const stored_event> events) {
  if (events.size() < 2) return std::nullopt;
  std::string text = "[";
  for (const auto& each : events.subspan(1)) {
    text += text.size() == 1 ? "[" : ",[";
    text += std::to_string(each.type) + ',' + std::to_string(each.version) + ',' + std::to_string(to_ms(each.at)) + ',';
    text += each.body;
    text += ']';
  }
  return text + ']';
}

void add_further(std::string_view text, uint64_t count, std::vector<stored_event>& to) {
  const auto before = to.size();
  if (add_whole(text, count, to)) return;
  to.resize(before);
  to.insert(to.end(), count, stored_event{0, 0, {}, std::string{text}});
}

}  // namespace orderflow
