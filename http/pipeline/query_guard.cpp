#include "http/pipeline/query_guard.hpp"

#include <algorithm>
#include <boost/url/pct_string_view.hpp>

#include "base/nearest_word.hpp"
#include "base/unicode.hpp"
#include "http/pipeline/query.hpp"

namespace orderflow {

namespace {

/// Names and values of clients that are shown back to them.
constexpr size_t longest_shown = 64;

bool is_plain(char c) { return c > 0x20 && c < 0x7f && c != '%'; }

bool refuses_unknown_parameters(std::string_view dialect) {
  return dialect == dialects::orders_v1 || dialect == dialects::ours || dialect == dialects::dev;
}

std::string shown(std::string_view name) { return std::string{name.substr(0, longest_shown)}; }

problem wrong_parameter(std::string word, std::string_view name, const std::string& message) {
  auto made = malformed(std::move(word), "The query parameter " + shown(name) + " " + message + ".");
  made.errors.push_back({"?" + shown(name), message});
  return made;
}

std::string known_here(std::string_view name, std::span<const std::string_view> known) {
  if (known.empty()) return "is not known here: this call takes none";
  if (const auto near = nearest_word(name, known); !near.empty())
    return "is not known here; did you mean " + std::string{near} + "?";
  std::string all;
  for (const auto each : known) all.append(all.empty() ? "" : ", ").append(each);
  return "is not known here; known are " + all;
}

bool is_one_of(std::string_view name, std::span<const std::string_view> known) {
  return std::find(known.begin(), known.end(), name) != known.end();
}

}  // namespace

std::optional<problem> path_guard(const request& req) {
  if (std::all_of(req.path.begin(), req.path.end(), is_plain)) return std::nullopt;
  const auto checked = boost::urls::make_pct_string_view(req.path);
  if (!checked.has_error() && is_storable_text(checked->decode())) return std::nullopt;
  return malformed("path_must_be_well_formed",
                   "The path has a broken percent-encoding, a control character, or bytes that are not UTF-8.");
}

std::optional<problem> query_text_guard(const request& req) {
  if (req.query.empty()) return std::nullopt;
  const auto query = query_values::parse(req.query);
  if (!query) return malformed("query_must_be_well_formed", "The query is malformed: a % has to be followed by two hex digits.");
  for (const auto& [name, value] : query->pairs()) {
    if (!is_storable_text(name)) return malformed("query_must_be_well_formed", "The name of a query parameter is no text.");
    if (!is_storable_text(value))
      return wrong_parameter("query_must_be_well_formed", name, "has control characters, or bytes that are not UTF-8");
  }
  return std::nullopt;
}

std::optional<problem> query_guard(const request& req, const route_options& of) {
  if (req.query.empty()) return std::nullopt;
  const bool strict = refuses_unknown_parameters(of.dialect);
  if (!strict && of.query.empty()) return std::nullopt;
  const auto query = query_values::parse(req.query);
  if (!query) return std::nullopt;  // Refused before: query_text_guard.
  for (const auto& [name, value] : query->pairs()) {
    const bool known = is_one_of(name, of.query);
    if (!known && strict) return wrong_parameter("query_parameter_must_be_known", name, known_here(name, of.query));
    if (known && query->find(name) != &value) return wrong_parameter("query_parameter_must_be_single", name, "is there twice");
  }
  return std::nullopt;
}

void hint_at_plus(const request& req, reply& made) {
  if (req.query.find('+') == std::string_view::npos) return;
  const bool found_nothing = made.status == 404 || (made.status == 200 && made.body == "[]");
  if (!found_nothing && made.status != 400 && made.status != 422) return;
  made.header("X-Hint", "A raw + in a query is read as a blank; write %2B where a plus sign is meant.");
}

}  // namespace orderflow
