#include "journal/postgres/binary.hpp"

#include <cstring>
#include <utility>

#include "base/assert.hpp"

namespace orderflow::postgres {

namespace {

template <std::unsigned_integral T>
void put(std::string& out, T value) {
  char bytes[sizeof(T)];
  for (size_t i = 0; i < sizeof(T); ++i) bytes[i] = static_cast<char>(value >> (8 * (sizeof(T) - 1 - i)));
  out.append(bytes, sizeof(T));
}

template <std::unsigned_integral T>
T get(const char* bytes) {
  T value = 0;
  for (size_t i = 0; i < sizeof(T); ++i) value = static_cast<T>((value << 8) | static_cast<unsigned char>(bytes[i]));
  return value;
}

// dimensions, has-null flag, element type, length, lower bound: five int4 before the first element.
constexpr size_t header_size = 20;

}  // namespace

array_column::array_column(element of) : of_(of), bytes_(header_size, '\0') {}

void array_column::add(int64_t value) {
  ++size_;
  switch (of_) {
    case element::int8:
      put(bytes_, uint32_t{8});
      put(bytes_, static_cast<uint64_t>(value));
      return;
    case element::int4:
      put(bytes_, uint32_t{4});
      put(bytes_, static_cast<uint32_t>(value));
      return;
    case element::int2:
      put(bytes_, uint32_t{2});
      put(bytes_, static_cast<uint16_t>(value));
      return;
    case element::boolean:
    case element::text: break;
  }
  ORDERFLOW_UNREACHABLE("a number for a column of another type");
}

void array_column::add(bool value) {
  ORDERFLOW_ASSERT(of_ == element::boolean);
  ++size_;
  put(bytes_, uint32_t{1});
  bytes_.push_back(value ? '\1' : '\0');
}

void array_column::add(std::string_view value) {
  ORDERFLOW_ASSERT(of_ == element::text);
  ++size_;
  put(bytes_, static_cast<uint32_t>(value.size()));
  bytes_.append(value);
}

void array_column::add(const std::optional<int64_t>& value) {
  if (value) return add(*value);
  add_null();
}

void array_column::add(const std::optional<std::string>& value) {
  if (value) return add(std::string_view{*value});
  add_null();
}

void array_column::add_null() {
  ++size_;
  has_null_ = true;
  put(bytes_, ~uint32_t{0});
}

std::string array_column::take() {
  std::string header;
  header.reserve(header_size);
  put(header, uint32_t{1});
  put(header, static_cast<uint32_t>(has_null_));
  put(header, static_cast<uint32_t>(of_));
  put(header, static_cast<uint32_t>(size_));
  put(header, uint32_t{1});
  std::memcpy(bytes_.data(), header.data(), header_size);
  return std::exchange(bytes_, {});
}

parameters& parameters::int8(int64_t value) {
  put(values_.emplace_back(), static_cast<uint64_t>(value));
  return *this;
}

parameters& parameters::int4(int32_t value) {
  put(values_.emplace_back(), static_cast<uint32_t>(value));
  return *this;
}

parameters& parameters::text(std::string_view value) {
  values_.emplace_back(value);
  return *this;
}

parameters& parameters::array(array_column&& column) {
  values_.push_back(column.take());
  return *this;
}

std::vector<const char*> parameters::pointers() const {
  std::vector<const char*> out;
  out.reserve(values_.size());
  for (const auto& value : values_) out.push_back(value.data());
  return out;
}

std::vector<int> parameters::lengths() const {
  std::vector<int> out;
  out.reserve(values_.size());
  for (const auto& value : values_) out.push_back(static_cast<int>(value.size()));
  return out;
}

std::vector<int> parameters::formats() const { return std::vector<int>(values_.size(), 1); }

int64_t read_int8(const char* bytes) { return static_cast<int64_t>(get<uint64_t>(bytes)); }
int32_t read_int4(const char* bytes) { return static_cast<int32_t>(get<uint32_t>(bytes)); }
int16_t read_int2(const char* bytes) { return static_cast<int16_t>(get<uint16_t>(bytes)); }

}  // namespace orderflow::postgres
