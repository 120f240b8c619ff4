#include "bench/records.hpp"

#include <nlohmann/json.hpp>
#include <stdexcept>

namespace orderflow::bench {
namespace {

class record_handler : public nlohmann::json_sax<nlohmann::json> {
 public:
  explicit record_handler(const std::function<void(const flat_record&)>& each) : each_(each) {}

  bool null() override { return true; }
  bool boolean(bool value) override { return scalar(value ? "true" : "false"); }
  bool number_integer(number_integer_t value) override { return scalar(std::to_string(value)); }
  bool number_unsigned(number_unsigned_t value) override { return scalar(std::to_string(value)); }
  bool number_float(number_float_t, const string_t& text) override { return scalar(text); }
  bool string(string_t& value) override { return scalar(std::move(value)); }
  bool binary(binary_t&) override { return false; }

  bool start_object(std::size_t) override {
    ++objects_;
    if (in_record()) now_.clear();
    return true;
  }
  bool end_object() override {
    if (in_record()) each_(now_);
    --objects_;
    return true;
  }
  bool start_array(std::size_t) override {
    if (++arrays_ == 1) around_ = objects_;
    return true;
  }
  bool end_array() override {
    --arrays_;
    return true;
  }
  bool key(string_t& name) override {
    key_ = std::move(name);
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception& error) override {
    throw std::runtime_error{std::string{"the list is not JSON: "} + error.what()};
  }

 private:
  [[nodiscard]] bool in_record() const { return arrays_ == 1 && objects_ == around_ + 1; }

  bool scalar(std::string text) {
    if (in_record()) now_[key_] = std::move(text);
    return true;
  }

  const std::function<void(const flat_record&)>& each_;
  flat_record now_;
  std::string key_;
  int objects_ = 0;
  int arrays_ = 0;
  int around_ = 0;  // objects around the outermost array, such as an envelope
};

}  // namespace

void for_each_record(const std::string& json, const std::function<void(const flat_record&)>& each) {
  record_handler handler{each};
  nlohmann::json::sax_parse(json, &handler);
}

flat_record read_record(const std::string& json) {
  flat_record found;
  for_each_record("[" + json + "]", [&](const flat_record& record) { found = record; });
  return found;
}

const std::string& member(const flat_record& record, std::string_view name) {
  const auto found = record.find(name);
  if (found == record.end()) throw std::runtime_error{"a record without '" + std::string{name} + "'"};
  return found->second;
}

}  // namespace orderflow::bench
