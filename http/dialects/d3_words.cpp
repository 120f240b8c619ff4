#include "http/dialects/d3_words.hpp"

#include <algorithm>

namespace orderflow {

reply d3_problem(const problem& what, std::string_view) {
  reply made;
  made.status = what.status == 422 ? 400 : what.status;
  std::string word = what.word;
  std::transform(word.begin(), word.end(), word.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  json_writer out{made.body};
  out.begin_object().key("status").string("FAILED").key("error").string(word).key("message").string(what.detail).end_object();
  add_problem_headers(what, made);
  return made;
}

void d3_write_id(json_writer& out, std::string_view id) {
  const bool digits = !id.empty() && std::all_of(id.begin(), id.end(), [](char c) { return c >= '0' && c <= '9'; });
  const bool fits = id.size() <= 15 && (id.size() == 1 || id[0] != '0');  // Above 15 digits JavaScript rounds.
  if (digits && fits) {
    out.raw(id);
  } else {
    out.string(id);
  }
}

}  // namespace orderflow
