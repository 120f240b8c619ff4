// Looks at the raw bytes of a request's head before the parser does: what lenient parsers read in different ways (bare LF,
// folded lines) is how requests are smuggled past a proxy, so it is refused.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace orderflow {

enum class head_state : uint8_t { incomplete = 1, complete = 2, malformed = 3, too_large = 4 };

/// Resumable: fed with the growing head, looks at each byte once.
class head_scan {
 public:
  static constexpr size_t usual_lines = 100;
  explicit head_scan(size_t limit_bytes, size_t limit_lines = usual_lines) : limit_(limit_bytes), lines_left_(limit_lines) {}

  /// `text`: everything received of this request so far, from its first byte.
  [[nodiscard]] head_state look(std::string_view text);
  /// complete: bytes of the head, its empty line included.
  [[nodiscard]] size_t size() const { return line_start_; }

 private:
  size_t limit_;
  size_t lines_left_;
  size_t line_start_ = 0;
};

/// False: the request line names another major version. A minor version that is higher than ours becomes our highest
/// (RFC 9110 §2.5): what a client may not assume of 1.1 it does not ask for. What is no version is left for the parser to refuse.
[[nodiscard]] bool speaks_http_1(char* head, size_t size);

}  // namespace orderflow
