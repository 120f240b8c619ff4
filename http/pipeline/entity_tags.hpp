// If-Match and If-None-Match (RFC 9110 §13): what a request demands of the entity tag of what it meets.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/pipeline/problem.hpp"
#include "http/pipeline/request.hpp"

namespace orderflow {

/// The tag of an order's version: "7".
[[nodiscard]] std::string etag_of(uint64_t version);
/// The same where what is shown also tells how far an owed effect is, which changes under a version: "7.2-1764583205000" with its
/// tries and the time of the next. As a condition of a change it is version 7.
[[nodiscard]] std::string etag_of(uint64_t version, const effect_progress* busy);

/// One of a list; `opaque` is what stands between the quotes.
struct entity_tag {
  bool weak = false;
  std::string_view opaque;
};

/// The value of either field, all its lines joined.
struct tag_list {
  bool any = false;  ///< "*".
  std::vector<entity_tag> tags;
};

/// Views into `field`. Nothing where it is neither "*" nor a list of entity tags.
[[nodiscard]] std::optional<tag_list> parse_tags(std::string_view field);

/// 400 where one of the fields cannot be read: a guess could let a change through that was to be held back.
[[nodiscard]] std::optional<problem> condition_guard(const request& from);

/// What both fields demand of an order's version; nothing where neither is there. A tag that can never be ours, and in If-Match
/// a weak one, is a version that no order stands at.
[[nodiscard]] std::optional<version_condition> version_condition_of(const request& from);

/// Refuses a changing request with a condition that what it names can never meet, because that has no entity tag (412).
[[nodiscard]] std::optional<problem> untagged_condition_guard(const request& from);
[[nodiscard]] problem version_must_match();       ///< 412: If-Match does not hold.
[[nodiscard]] problem version_must_be_another();  ///< 412: If-None-Match does not hold.

/// A read that succeeded: 412 or 304 in its place where the request's conditions say so (§13.2.2). 304 keeps the headers.
void hold_to_conditions(const request& from, problem_encoder errors, reply& made);

}  // namespace orderflow
