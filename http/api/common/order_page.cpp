#include "http/api/common/order_page.hpp"

#include <algorithm>

#include "codec/order_json.hpp"
#include "http/auth/mac.hpp"
#include "journal/state_of.hpp"

namespace orderflow {

namespace {

/// So many states are in memory at a time, each up to some hundred KB.
constexpr uint32_t rows_at_once = 100;

/// First byte of a cursor. Another form of it gets another number.
constexpr char cursor_form = 1;
constexpr size_t cursor_bytes = 1 + 8 + 8;

void append_number(std::string& to, int64_t value) {
  for (int shift = 56; shift >= 0; shift -= 8) to += static_cast<char>(static_cast<uint64_t>(value) >> shift & 0xff);
}
int64_t number_at(std::string_view bytes, size_t from) {
  uint64_t value = 0;
  for (const char byte : bytes.substr(from, 8)) value = value << 8 | static_cast<unsigned char>(byte);
  return static_cast<int64_t>(value);
}

}  // namespace

std::string cursor_of(const list_place& seen) {
  std::string bytes{cursor_form};
  append_number(bytes, to_us(seen.at));
  append_number(bytes, seen.id.value);
  return to_base64url(bytes);
}

std::optional<list_place> parse_cursor(std::string_view text) {
  const auto bytes = from_base64url(text);
  if (!bytes || bytes->size() != cursor_bytes || bytes->front() != cursor_form) return std::nullopt;
  return list_place{from_us(number_at(*bytes, 1)), {number_at(*bytes, 9)}};
}

void fill_page(order_page& into, reader& from, order_query wanted, void (*write)(json_writer&, const order&)) {
  try {
    json_writer out{into.text};
    out.begin_array();
    auto left = wanted.limit;
    bool more = true;
    while (more) {
      const auto most = std::min(left, rows_at_once);
      wanted.limit = most + 1;  // One more tells whether anything follows.
      const auto rows = from.list_orders(wanted);
      for (size_t i = 0; i < std::min<size_t>(most, rows.size()) && out.size() < page_bytes; ++i, --left) {
        write(out, state_of(from, rows[i]));
        wanted.after = rows[i].row.place();
        wanted.skip = 0;
      }
      const bool follows = !rows.empty() && rows.back().row.place() != wanted.after;
      more = follows && left > 0 && out.size() < page_bytes;
      if (follows && !more && most > 0) into.next = wanted.after;
    }
    out.end_array();
  } catch (const codec_error& why) {
    into.damage = why.what();
  }
}

reply page_reply(order_page& filled, std::string_view path, query_values query) {
  reply made;
  made.body = std::move(filled.text);
  if (!filled.next) return made;
  query.erase("skip");
  query.set("cursor", cursor_of(*filled.next));
  made.header("Link", "<" + std::string{path} + "?" + query.text() + ">; rel=\"next\"");
  return made;
}

}  // namespace orderflow
