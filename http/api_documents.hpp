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

struct api_documents {
  std::string_view openapi;         ///< OpenAPI 3.1, JSON.
  std::string_view docs;            ///< The same as one page.
  std::string_view policy;          ///< Content-Security-Policy of all pages: nothing but their own style and script.
  std::string_view problem_before;  ///< Around each problem's own part.
  std::string_view problem_after;
  std::span<const problem_page> problems;  ///< Sorted by word.
};

[[nodiscard]] api_documents built_documents();

}  // namespace orderflow
