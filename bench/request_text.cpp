#include "bench/request_text.hpp"

#include <cstdio>

namespace orderflow::bench {
namespace {

constexpr std::string_view key_place = "000000000000";
constexpr std::string_view product_place = "B____";

std::string body_of(const order_text& of) {
  return R"({"customer_email":")" + of.customer + R"(","customer_name":"田中太郎","items":)" + of.items + R"(,"currency":"JPY")" +
         (of.auto_pay ? "" : R"(,"auto_pay":false)") + "}";
}

void write_digits(std::string& bytes, size_t end, size_t width, uint64_t value) {
  for (size_t i = 1; i <= width; ++i, value /= 10) bytes[end - i] = static_cast<char>('0' + value % 10);
}

// Neighbouring numbers should not hit neighbouring products: a multiplicative hash spreads them.
unsigned spread(uint64_t number) { return static_cast<unsigned>((number * 0x9E3779B97F4A7C15ull) >> 40) % tracked_products; }

}  // namespace

std::string tracked_product(unsigned number) {
  char text[16];
  std::snprintf(text, sizeof text, "B%04u", number);
  return text;
}

request_text::request_text(const order_text& of) {
  const std::string body = body_of(of);
  bytes_ = "POST /api/v1/orders/ HTTP/1.1\r\nHost: " + of.host + "\r\nContent-Type: application/json\r\n";
  if (of.answer_now) bytes_ += "Prefer: wait=0\r\n";
  if (of.keyed) {
    bytes_ += "Idempotency-Key: " + of.customer + "-";
    key_at_ = bytes_.size();
    bytes_ += std::string{key_place} + "\r\n";
  }
  bytes_ += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  for (size_t at = bytes_.find(product_place); at != std::string::npos; at = bytes_.find(product_place, at + 1))
    products_at_.push_back(at + 1);
}

std::string_view request_text::next() {
  ++number_;
  if (key_at_ != 0) write_digits(bytes_, key_at_ + key_place.size(), key_place.size(), number_);
  for (size_t i = 0; i < products_at_.size(); ++i)
    write_digits(bytes_, products_at_[i] + 4, 4, spread(number_ * products_at_.size() + i));
  return bytes_;
}

}  // namespace orderflow::bench
