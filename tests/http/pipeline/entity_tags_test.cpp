#include "http/pipeline/entity_tags.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace orderflow;

namespace {

/// "W/a|b": the tags of a list as they were read.
std::string read(std::string_view field) {
  const auto list = parse_tags(field);
  if (!list) return "(malformed)";
  if (list->any) return "*";
  std::string text;
  for (const auto& tag : list->tags) text.append(text.empty() ? "" : "|").append(tag.weak ? "W/" : "").append(tag.opaque);
  return text;
}

request with(std::string if_match, std::string if_none_match = {}) {
  request made;
  made.headers.if_match = std::move(if_match);
  made.headers.if_none_match = std::move(if_none_match);
  return made;
}

bool may_change(const std::string& if_match, uint64_t version, const std::string& if_none_match = {}) {
  const auto condition = version_condition_of(with(if_match, if_none_match));
  return !condition || (condition->names(version) && !condition->excludes(version));
}

reply shown(std::string_view etag) {
  reply made;
  made.body = "{}";
  made.header("Link", "<x>");
  if (!etag.empty()) made.header("ETag", etag);
  return made;
}

int status_after(const request& req, std::string_view etag) {
  auto made = shown(etag);
  hold_to_conditions(req, &problem_json, made);
  return made.status;
}

}  // namespace

TEST_CASE("entity tags are read as lists, with empty elements, blanks and commas inside quotes") {
  CHECK(read("\"7\"") == "7");
  CHECK(read(" \"7\" , W/\"8\"\t,\"9\"") == "7|W/8|9");
  CHECK(read(",, \"7\",,\"8\",") == "7|8");
  CHECK(read("\"a,b\", \"c\"") == "a,b|c");
  CHECK(read("\"\"").empty());
  CHECK(parse_tags("\"\"")->tags.size() == 1);
  CHECK(parse_tags(",")->tags.empty());
  CHECK(read(" * ") == "*");
  for (const auto* wrong : {"7", "\"7", "7\"", "w/\"7\"", "W/7", "W/ \"7\"", "\"7\" \"8\"", "\"7\"\"8\"", "*, \"7\"", "\"7\", *",
                            "**", "\"a b\"", "\"7\";x", "\"\x7f\""}) {
    INFO(wrong);
    CHECK(read(wrong) == "(malformed)");
    CHECK(condition_guard(with(wrong))->status == 400);
    CHECK(condition_guard(with({}, wrong))->word == "condition_must_be_well_formed");
  }
  CHECK_FALSE(condition_guard(with("\"7\"", "*")));
  CHECK_FALSE(condition_guard(request{}));
}

TEST_CASE("If-Match compares strongly: one of a list, any, or none that could be ours") {
  CHECK(may_change("", 7));
  CHECK(may_change("*", 7));
  CHECK(may_change("\"7\"", 7));
  CHECK(may_change("\"6\", \"7\"", 7));
  CHECK(may_change("W/\"7\", \"7\"", 7));
  for (const auto* other : {"\"8\"", "\"5\", \"6\"", "W/\"7\"", "\"07\"", "\"7x\"", "\"+7\"", "\"7 \"", "\"x\"", "\"\"", ",",
                            "\"99999999999999999999\""}) {
    INFO(other);
    CHECK_FALSE(may_change(other, 7));
  }
}

TEST_CASE("the tag of a reply that tells of tries changes with them and names the version all the same") {
  effect_progress busy;
  busy.tries = 2;
  busy.next_try_at = from_ms(1000);
  CHECK(etag_of(7) == "\"7\"");
  CHECK(etag_of(7, nullptr) == "\"7\"");
  const auto shown_now = etag_of(7, &busy);
  CHECK(shown_now == "\"7.2-1000\"");
  CHECK(may_change(shown_now, 7));
  CHECK_FALSE(may_change(shown_now, 8));
  CHECK_FALSE(may_change("\"7.x\"", 7));
  CHECK(status_after(with({}, shown_now), "\"7.3-2000\"") == 200);
  CHECK(status_after(with({}, shown_now), shown_now) == 304);
}

TEST_CASE("If-None-Match compares weakly, and comes second") {
  CHECK_FALSE(may_change("", 7, "*"));
  CHECK_FALSE(may_change("", 7, "\"7\""));
  CHECK_FALSE(may_change("", 7, "\"6\", W/\"7\""));
  CHECK(may_change("", 7, "\"6\", \"8\""));
  CHECK(may_change("", 7, ","));
  CHECK_FALSE(may_change("\"7\"", 7, "\"7\""));
  CHECK(may_change("\"7\"", 7, "\"6\""));
}

TEST_CASE("a read is answered with 412 before 304, and with itself where neither holds") {
  CHECK(status_after(request{}, "\"7\"") == 200);
  CHECK(status_after(with("\"7\""), "\"7\"") == 200);
  CHECK(status_after(with("\"6\""), "\"7\"") == 412);
  CHECK(status_after(with("W/\"7\""), "\"7\"") == 412);
  CHECK(status_after(with("\"7\""), "W/\"7\"") == 412);
  CHECK(status_after(with({}, "\"7\""), "\"7\"") == 304);
  CHECK(status_after(with({}, "W/\"7\""), "\"7\"") == 304);
  CHECK(status_after(with({}, "\"1\", \"7\""), "W/\"7\"") == 304);
  CHECK(status_after(with({}, "\"6\""), "\"7\"") == 200);
  CHECK(status_after(with({}, "*"), "\"7\"") == 304);
  CHECK(status_after(with("\"6\"", "\"7\""), "\"7\"") == 412);
  CHECK(status_after(with("\"7\"", "\"7\""), "\"7\"") == 304);
}

TEST_CASE("what has no ETag matches nothing but *") {
  CHECK(status_after(with("\"7\""), "") == 412);
  CHECK(status_after(with("*"), "") == 200);
  CHECK(status_after(with({}, "\"7\""), "") == 200);
  CHECK_FALSE(untagged_condition_guard(request{}));
  CHECK_FALSE(untagged_condition_guard(with("*", "\"7\"")));
  CHECK(untagged_condition_guard(with("\"7\""))->status == 412);
  CHECK(untagged_condition_guard(with({}, "*"))->status == 412);
}

TEST_CASE("304 keeps the headers and loses the body; other replies than 200 are left alone") {
  auto made = shown("\"7\"");
  hold_to_conditions(with({}, "\"7\""), &problem_json, made);
  CHECK(made.extra == "Link: <x>\r\nETag: \"7\"\r\n");
  CHECK(made.body.empty());
  auto missing = shown("\"7\"");
  missing.status = 404;
  hold_to_conditions(with("\"6\"", "*"), &problem_json, missing);
  CHECK(missing.status == 404);
}
