#include "http/dialects/d0_words.hpp"

#include "codec/json.hpp"

namespace orderflow {

reply d0_problem(const problem& what, std::string_view) {
  reply made;
  made.status = what.status == 422 ? 400 : what.status;
  json_writer out{made.body};
  out.begin_object().key("code").integer(made.status).key("message").string(what.detail).end_object();
  add_problem_headers(what, made);
  return made;
}

}  // namespace orderflow
