// The project's own text, as the rules below look at it. Not a parser: comments and literals are blanked, braces counted.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace orderflow::tidy {

struct source_file {
  std::string path;  ///< From the project's root, with forward slashes.
  std::string text;  ///< As it is.
  std::string code;  ///< C++ only: comments and the insides of literals blanked, line breaks kept.
  [[nodiscard]] std::string folder() const { return path.substr(0, path.find('/')); }
  [[nodiscard]] bool is_cpp() const { return path.ends_with(".cpp") || path.ends_with(".hpp"); }
};

/// All text files of the project apart from what is built, downloaded or belongs to git. Read once.
[[nodiscard]] const std::vector<source_file>& source_files();

/// `text` with comments and the insides of string and character literals replaced by blanks.
[[nodiscard]] std::string blank_literals(std::string_view text);

/// `text` with comments replaced by blanks, literals kept.
[[nodiscard]] std::string blank_comments(std::string_view text);

[[nodiscard]] size_t count_lines(std::string_view text);
/// Counted from 1.
[[nodiscard]] size_t line_at(std::string_view text, size_t offset);

struct function_extent {
  std::string name;       ///< Last name before the parameters; a test case's is its sentence.
  size_t first_line = 0;  ///< Of the signature.
  size_t lines = 0;       ///< Up to and including the closing brace.
};

/// Functions outside functions: members and free ones; lambdas count as part of what they stand in.
[[nodiscard]] std::vector<function_extent> functions_of(std::string_view text);

/// Does `word` stand at `offset` with no name character on either side?
[[nodiscard]] bool stands_alone(std::string_view text, size_t offset, size_t length);

/// The block between the brace at or after `offset` and its counterpart.
[[nodiscard]] std::string_view block_after(std::string_view code, size_t offset);

}  // namespace orderflow::tidy
