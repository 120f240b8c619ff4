#include "http/api/probes/documents.hpp"

#include <algorithm>

#include "http/api/probes/api_documents.hpp"
#include "http/pipeline/content_coding.hpp"

namespace orderflow {

namespace {

reply as_page(reply made) {
  made.content_type = "text/html; charset=utf-8";
  made.header("Content-Security-Policy", built_documents().policy);
  made.header("Referrer-Policy", "no-referrer");
  return made;
}

/// The bytes are shared by all who ask; whoever has them already is told so by what all replies go through.
reply document(const request& req, const built_document& what) {
  const bool packed = prefers_gzip(req.headers.accept_encoding);
  reply made;
  made.caching = "public, no-cache";  // Kept, and asked about each time: the next version is seen at once.
  made.header("ETag", packed ? what.gzip_tag : what.plain_tag).header("Vary", "Accept-Encoding");
  if (packed) made.header("Content-Encoding", "gzip");
  made.lasting = packed ? what.gzip : what.plain;
  return made;
}

reply no_such_page(std::string_view request_id) {
  return problem_json(not_found("path_must_exist", "There is no problem of this type; /docs lists all of them."), request_id);
}

/// The path has the word as `type` has it: with hyphens.
reply problem_page_of(std::string_view path_word, std::string_view request_id) {
  const auto all = built_documents();
  const auto found = std::find_if(all.problems.begin(), all.problems.end(), [&](const problem_page& each) {
    return std::equal(each.word.begin(), each.word.end(), path_word.begin(), path_word.end(),
                      [](char own, char sent) { return sent == (own == '_' ? '-' : own); });
  });
  if (found == all.problems.end()) return no_such_page(request_id);
  reply made;
  made.body.append(all.problem_before).append(found->html).append(all.problem_after);
  return as_page(std::move(made));
}

}  // namespace

std::vector<route> document_routes() {
  constexpr auto anyone = audience::anyone();
  route_options probe;
  probe.load = load_class::probe;
  probe.dialect = dialects::probe;
  std::vector<route> table;
  table.emplace_back(
      verb::get, "/openapi.json", anyone,
      [](const request& req, const responder& to) { to(document(req, built_documents().openapi)); }, probe);
  table.emplace_back(
      verb::get, "/docs", anyone,
      [](const request& req, const responder& to) { to(as_page(document(req, built_documents().docs))); }, probe);
  table.emplace_back(
      verb::get, "/problems/{word}", anyone,
      [](const request& req, const responder& to) { to(problem_page_of(req.values[0], req.id)); }, probe);
  return table;
}

}  // namespace orderflow
