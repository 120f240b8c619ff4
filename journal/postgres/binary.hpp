// PostgreSQL's binary form of parameters: big-endian numbers, and arrays of them for `unnest`. Binary, because a batch is
// thousands of numbers and printing and parsing them would cost more than sending them.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orderflow::postgres {

/// Object ids of the element types, fixed by PostgreSQL (pg_type.dat).
enum class element : uint32_t { boolean = 16, int8 = 20, int2 = 21, int4 = 23, text = 25 };

/// One array parameter under construction: a column of the rows that one statement inserts.
class array_column {
 public:
  explicit array_column(element of);
  void add(int64_t value);  ///< int8, int4 or int2 as the element says; the caller is answerable for the range.
  void add(bool value);
  void add(std::string_view value);
  void add(const std::optional<int64_t>& value);      ///< int8 or NULL.
  void add(const std::optional<std::string>& value);  ///< text or NULL.
  [[nodiscard]] int32_t size() const { return size_; }
  /// The finished parameter.
  [[nodiscard]] std::string take();

  // A string literal would otherwise become a bool.
  void add(const char*) = delete;

 private:
  void add_null();

  element of_;
  int32_t size_ = 0;
  bool has_null_ = false;
  std::string bytes_;
};

/// The parameters of one statement, all in binary.
class parameters {
 public:
  parameters& int8(int64_t value);
  parameters& int4(int32_t value);
  parameters& text(std::string_view value);
  parameters& array(array_column&& column);

  [[nodiscard]] int count() const { return static_cast<int>(values_.size()); }
  [[nodiscard]] std::vector<const char*> pointers() const;
  [[nodiscard]] std::vector<int> lengths() const;
  [[nodiscard]] std::vector<int> formats() const;

 private:
  std::vector<std::string> values_;
};

/// Big-endian numbers of a result.
[[nodiscard]] int64_t read_int8(const char* bytes);
[[nodiscard]] int32_t read_int4(const char* bytes);
[[nodiscard]] int16_t read_int2(const char* bytes);

}  // namespace orderflow::postgres
