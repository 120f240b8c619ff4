#include "http/pipeline/entity_tags.hpp"

#include <algorithm>

#include "base/whole_number.hpp"

namespace orderflow {

namespace {

constexpr std::string_view blanks = " \t";

void skip(std::string_view& text, std::string_view characters) {
  text.remove_prefix(std::min(text.find_first_not_of(characters), text.size()));
}

/// What may stand between the quotes: no blank, no quote, no control character.
bool is_tag_character(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte == 0x21 || (byte >= 0x23 && byte != 0x7f);
}

std::optional<entity_tag> take_tag(std::string_view& text) {
  entity_tag tag;
  tag.weak = text.starts_with("W/");
  auto rest = text.substr(tag.weak ? 2 : 0);
  if (!rest.starts_with('"')) return std::nullopt;
  const auto end = rest.find('"', 1);
  if (end == std::string_view::npos) return std::nullopt;
  tag.opaque = rest.substr(1, end - 1);
  if (!std::all_of(tag.opaque.begin(), tag.opaque.end(), is_tag_character)) return std::nullopt;
  text = rest.substr(end + 1);
  return tag;
}

/// The version behind a tag of ours; tags are compared byte by byte, so "07" is none.
std::optional<uint64_t> version_in(std::string_view opaque) {
  const auto dot = std::min(opaque.find('.'), opaque.size());
  if (opaque.find_first_not_of("0123456789-", std::min(dot + 1, opaque.size())) != std::string_view::npos) return std::nullopt;
  opaque = opaque.substr(0, dot);
  const auto version = whole_number<uint64_t>(opaque);
  return version && std::to_string(*version) == opaque ? version : std::nullopt;
}

problem precondition_failed(std::string word, std::string detail) {
  problem made;
  made.status = 412;
  made.word = std::move(word);
  made.detail = std::move(detail);
  return made;
}

/// The one comparison for both fields: weak where `weakly`, else strong (§8.8.3.2). What has no tag is met by "*" alone.
bool is_met(const tag_list& list, const std::optional<entity_tag>& present, bool weakly) {
  if (list.any) return true;
  return present && std::any_of(list.tags.begin(), list.tags.end(), [&](const entity_tag& each) {
           return each.opaque == present->opaque && (weakly || (!each.weak && !present->weak));
         });
}

problem nothing_to_match() {
  return precondition_failed("version_must_match", "There is no ETag here that If-Match could name; leave it out.");
}

/// The ETag among whole header lines.
std::optional<entity_tag> tag_in(std::string_view lines) {
  constexpr std::string_view name = "ETag: ";
  while (!lines.empty()) {
    const auto end = std::min(lines.find("\r\n"), lines.size());
    if (lines.starts_with(name)) {
      auto value = lines.substr(name.size(), end - name.size());
      return take_tag(value);
    }
    lines.remove_prefix(std::min(end + 2, lines.size()));
  }
  return std::nullopt;
}

}  // namespace

std::string etag_of(uint64_t version) { return '"' + std::to_string(version) + '"'; }

std::string etag_of(uint64_t version, const effect_progress* busy) {
  if (busy == nullptr) return etag_of(version);
  return '"' + std::to_string(version) + '.' + std::to_string(busy->tries) + '-' + std::to_string(to_ms(busy->next_try_at)) + '"';
}

std::optional<tag_list> parse_tags(std::string_view field) {
  tag_list list;
  skip(field, blanks);
  if (field.starts_with('*')) {
    field.remove_prefix(1);
    skip(field, blanks);
    list.any = true;
    return field.empty() ? std::optional{list} : std::nullopt;
  }
  while (true) {
    skip(field, " \t,");  // Empty elements are allowed (§5.6.1.2).
    if (field.empty()) return list;
    const auto tag = take_tag(field);
    if (!tag) return std::nullopt;
    list.tags.push_back(*tag);
    skip(field, blanks);
    if (!field.empty() && field.front() != ',') return std::nullopt;
  }
}

std::optional<problem> condition_guard(const request& from) {
  const auto wrong = [](std::string_view name) {
    return malformed("condition_must_be_well_formed",
                     std::string{name} + " has to be * or a list of entity tags in quotes, such as \"3\", \"4\".");
  };
  if (!from.headers.if_match.empty() && !parse_tags(from.headers.if_match)) return wrong("If-Match");
  if (!from.headers.if_none_match.empty() && !parse_tags(from.headers.if_none_match)) return wrong("If-None-Match");
  return std::nullopt;
}

std::optional<version_condition> version_condition_of(const request& from) {
  if (from.headers.if_match.empty() && from.headers.if_none_match.empty()) return std::nullopt;
  version_condition made;
  // What cannot be read is refused before; whoever comes past that refusal meets no version at all.
  const auto wanted = parse_tags(from.headers.if_match).value_or(tag_list{});
  if (!from.headers.if_match.empty() && !wanted.any) {
    made.one_of.emplace();
    for (const auto& tag : wanted.tags)
      if (const auto version = version_in(tag.opaque); version && !tag.weak) made.one_of->push_back(*version);
  }
  const auto unwanted = parse_tags(from.headers.if_none_match);
  made.unless_any = unwanted && unwanted->any;
  if (unwanted)
    for (const auto& tag : unwanted->tags)
      if (const auto version = version_in(tag.opaque)) made.none_of.push_back(*version);
  return made;
}

problem version_must_match() {
  return precondition_failed("version_must_match", "The order has changed: If-Match does not name its present version.");
}

problem version_must_be_another() {
  return precondition_failed("version_must_be_another", "If-None-Match names the version that is there.");
}

std::optional<problem> untagged_condition_guard(const request& from) {
  const auto condition = version_condition_of(from);
  if (!condition) return std::nullopt;
  if (condition->one_of) return nothing_to_match();
  if (!condition->unless_any) return std::nullopt;
  return precondition_failed("version_must_be_another",
                             "What this call changes has no ETag, so If-None-Match: * cannot be checked; leave it out.");
}

void hold_to_conditions(const request& from, problem_encoder errors, reply& made) {
  if (from.headers.if_match.empty() && from.headers.if_none_match.empty()) return;
  if (made.status != 200) return;
  const auto present = tag_in(made.extra);
  if (!from.headers.if_match.empty()) {
    const auto wanted = parse_tags(from.headers.if_match);
    if (wanted && !is_met(*wanted, present, false)) {
      made = errors(present ? version_must_match() : nothing_to_match(), from.id);
      return;
    }
  }
  if (from.headers.if_none_match.empty()) return;
  const auto known = parse_tags(from.headers.if_none_match);
  if (!known || !is_met(*known, present, true)) return;
  made.status = 304;
  made.body.clear();
  made.lasting = {};
}

}  // namespace orderflow
