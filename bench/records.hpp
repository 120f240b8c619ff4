// Reads long JSON lists without keeping them: one flat record per object of the outermost array.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace orderflow::bench {

/// Scalar members by name, numbers as their own text. Nested objects and arrays are passed over.
using flat_record = std::map<std::string, std::string, std::less<>>;

/// Calls `each` per record, in order. Throws std::runtime_error when the text is not JSON.
void for_each_record(const std::string& json, const std::function<void(const flat_record&)>& each);

/// One object. Throws std::runtime_error when the text is not a JSON object.
[[nodiscard]] flat_record read_record(const std::string& json);

/// A member that has to be there: std::runtime_error where it is not.
[[nodiscard]] const std::string& member(const flat_record& record, std::string_view name);

}  // namespace orderflow::bench
