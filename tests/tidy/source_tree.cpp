#include "tests/tidy/source_tree.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "tests/source_dir.hpp"

namespace orderflow::tidy {
namespace {

namespace fs = std::filesystem;

bool is_name_character(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

bool is_skipped_folder(const std::string& name) {
  static const std::array<std::string_view, 7> skipped{".git", "build", "var", "node_modules", "__pycache__", ".cache", "dist"};
  return std::find(skipped.begin(), skipped.end(), name) != skipped.end();
}

std::string read_file(const fs::path& path) {
  std::ifstream in{path, std::ios::binary};
  std::ostringstream all;
  all << in.rdbuf();
  return all.str();
}

std::vector<source_file> read_tree() {
  const fs::path root{ORDERFLOW_SOURCE_DIR};
  std::vector<source_file> files;
  for (auto it = fs::recursive_directory_iterator{root}; it != fs::recursive_directory_iterator{}; ++it) {
    if (it->is_directory() && is_skipped_folder(it->path().filename().string())) it.disable_recursion_pending();
    if (!it->is_regular_file() || it->file_size() > 2'000'000) continue;
    if (it->path().filename() == ".git") continue;  // In a second worktree it is a file.
    source_file file;
    file.path = fs::relative(it->path(), root).generic_string();
    file.text = read_file(it->path());
    if (file.text.find('\0') != std::string::npos) continue;
    if (file.is_cpp()) file.code = blank_literals(file.text);
    files.push_back(std::move(file));
  }
  if (files.empty()) throw std::runtime_error{"no sources under " ORDERFLOW_SOURCE_DIR};
  std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
  return files;
}

// Walks over C++ text and blanks what it is told to blank.
class blanker {
 public:
  blanker(std::string_view text, bool literals) : in_(text), out_(text), literals_(literals) {}

  std::string run() {
    while (at_ < in_.size()) {
      if (starts("//"))
        blank_until(std::min(in_.find('\n', at_), in_.size()), true);
      else if (starts("/*"))
        blank_until(end_after("*/", at_ + 2), true);
      else if (starts("R\"") && (at_ == 0 || !is_name_character(in_[at_ - 1])))
        raw_literal();
      else if (in_[at_] == '"' || (in_[at_] == '\'' && !is_digit_separator()))
        literal(in_[at_]);
      else
        ++at_;
    }
    return std::move(out_);
  }

 private:
  [[nodiscard]] bool starts(std::string_view what) const { return in_.substr(at_, what.size()) == what; }
  [[nodiscard]] bool is_digit_separator() const {
    return at_ > 0 && std::isxdigit(static_cast<unsigned char>(in_[at_ - 1])) != 0 && at_ + 1 < in_.size() &&
           std::isxdigit(static_cast<unsigned char>(in_[at_ + 1])) != 0;
  }
  [[nodiscard]] size_t end_after(std::string_view mark, size_t from) const {
    const size_t found = in_.find(mark, from);
    return found == std::string_view::npos ? in_.size() : found + mark.size();
  }

  void blank_until(size_t end, bool really) {
    for (; at_ < end; ++at_)
      if (really && out_[at_] != '\n') out_[at_] = ' ';
  }

  void literal(char quote) {
    size_t end = ++at_;
    while (end < in_.size() && in_[end] != quote && in_[end] != '\n') end += in_[end] == '\\' ? 2 : 1;
    blank_until(std::min(end, in_.size()), literals_);
    ++at_;
  }

  void raw_literal() {
    const size_t open = in_.find('(', at_);
    if (open == std::string_view::npos) {
      ++at_;
      return;
    }
    const std::string close = ")" + std::string{in_.substr(at_ + 2, open - at_ - 2)} + "\"";
    const size_t end = end_after(close, open);
    at_ += 2;
    blank_until(end - 1, literals_);
    at_ = end;
  }

  std::string_view in_;
  std::string out_;
  bool literals_;
  size_t at_ = 0;
};

size_t matching_brace(std::string_view code, size_t open) {
  int depth = 0;
  for (size_t i = open; i < code.size(); ++i) {
    if (code[i] == '{') ++depth;
    if (code[i] == '}' && --depth == 0) return i;
  }
  return code.size();
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front())) != 0) text.remove_prefix(1);
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0) text.remove_suffix(1);
  return text;
}

// Preprocessor lines end without a semicolon, so they would stand at the beginning of the declaration after them.
std::string_view without_directives(std::string_view head) {
  for (head = trimmed(head); head.starts_with("#"); head = trimmed(head)) {
    const size_t end = head.find('\n');
    if (end == std::string_view::npos) return {};
    head.remove_prefix(end);
  }
  return head;
}

bool opens_scope(std::string_view head) {
  for (const std::string_view word : {"namespace", "class", "struct", "union", "enum", "extern"})
    if (head.starts_with(word) && head.find('(') == std::string_view::npos) return true;
  return head.starts_with("template") && head.find(')') == std::string_view::npos;
}

// `name{…}` in a constructor's list of initialisers is not the constructor's body.
bool is_member_initialiser(std::string_view head) {
  const size_t colon = head.find(") :");
  return colon != std::string_view::npos && !head.empty() && (is_name_character(head.back()) || head.back() == '>');
}

std::string name_in(std::string_view head, std::string_view original) {
  const size_t open = head.find('(');
  size_t begin = std::min(open, head.size());
  while (begin > 0 && is_name_character(head[begin - 1])) --begin;
  std::string name{head.substr(begin, open - begin)};
  if (name != "TEST_CASE") return name;
  const size_t quote = original.find('"');
  return std::string{original.substr(quote, original.find('"', quote + 1) - quote + 1)};
}

}  // namespace

const std::vector<source_file>& source_files() {
  static const std::vector<source_file> files = read_tree();
  return files;
}

std::string blank_literals(std::string_view text) { return blanker{text, true}.run(); }
std::string blank_comments(std::string_view text) { return blanker{text, false}.run(); }

size_t count_lines(std::string_view text) { return static_cast<size_t>(std::count(text.begin(), text.end(), '\n')); }
size_t line_at(std::string_view text, size_t offset) { return count_lines(text.substr(0, offset)) + 1; }

bool stands_alone(std::string_view text, size_t offset, size_t length) {
  const bool free_before = offset == 0 || !is_name_character(text[offset - 1]);
  const bool free_after = offset + length >= text.size() || !is_name_character(text[offset + length]);
  return free_before && free_after;
}

std::string_view block_after(std::string_view code, size_t offset) {
  const size_t open = code.find('{', offset);
  if (open == std::string_view::npos) return {};
  return code.substr(open, matching_brace(code, open) - open);
}

std::vector<function_extent> functions_of(std::string_view text) {
  const std::string code = blank_literals(text);
  std::vector<function_extent> found;
  size_t segment = 0;
  for (size_t i = 0; i < code.size(); ++i) {
    if (code[i] == ';' || code[i] == '}') segment = i + 1;
    if (code[i] != '{') continue;
    const std::string_view raw_head = std::string_view{code}.substr(segment, i - segment);
    const std::string_view head = without_directives(raw_head);
    if (is_member_initialiser(head)) {
      i = matching_brace(code, i);
      continue;
    }
    if (opens_scope(head) || head.find(')') == std::string_view::npos || head.ends_with("=")) {
      segment = i + 1;
      continue;
    }
    const auto begin = static_cast<size_t>(head.data() - code.data());
    const size_t end = matching_brace(code, i);
    found.push_back({name_in(head, text.substr(begin)), line_at(code, begin), line_at(code, end) - line_at(code, begin) + 1});
    i = end;
    segment = end + 1;
  }
  return found;
}

}  // namespace orderflow::tidy
