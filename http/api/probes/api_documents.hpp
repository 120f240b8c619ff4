// What http/openapi/assemble.py made at build time: the reference as JSON and as pages. All of it lives as long as the program.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace orderflow {

/// One type of problem: what it means, why, what to do.
struct problem_page {
  std::string_view word;  ///< As in `problem::word`.
  uint16_t status;        ///< Of the dialects that know all statuses.
  std::string_view html;  ///< Its own part of the page.
};

/// A line of the start page, shown where the listener serves what it is about.
struct start_part {
  std::string_view section;  ///< Heading above it.
  std::string_view about;    ///< A route's path, or a group of routes by its word in `dialects`.
  std::string_view html;
};

/// A document as it is and compressed, each with its entity tag (RFC 9110 §8.8.3, quotes included).
struct built_document {
  std::string_view plain;
  std::string_view plain_tag;
  std::string_view gzip;
  std::string_view gzip_tag;
};

struct api_documents {
  built_document openapi;           ///< OpenAPI 3.1, JSON.
  built_document docs;              ///< The same as one page.
  std::string_view policy;          ///< Content-Security-Policy of all pages: nothing but their own style and script.
  std::string_view problem_before;  ///< Around each problem's own part.
  std::string_view problem_after;
  std::span<const problem_page> problems;  ///< Sorted by word.
  std::string_view version;
  std::string_view start_before;  ///< Around the lines of the start page.
  std::string_view start_after;
  std::span<const start_part> start;  ///< In the page's order; what has one section stands together.
};

[[nodiscard]] api_documents built_documents();

}  // namespace orderflow
