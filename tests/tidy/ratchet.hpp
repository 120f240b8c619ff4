// tests/tidy/ratchet.txt: today's exceptions to the size rules, one per line: `function PATH NAME LINES` or `file PATH LINES`.
// It may only shrink: an entry that is larger than what it excuses, or excuses nothing, fails the test too.
#pragma once

#include <map>
#include <string>

namespace orderflow::tidy {

/// Entry without its number → number.
[[nodiscard]] std::map<std::string, size_t> read_ratchet();

/// Compares what is too large now with what is excused; one sentence per difference, empty if none.
[[nodiscard]] std::string compare_with_ratchet(const std::map<std::string, size_t>& now,
                                               const std::map<std::string, size_t>& excused);

}  // namespace orderflow::tidy
