#include "http/dialects/order_page.hpp"

#include <algorithm>

#include "codec/order_json.hpp"
#include "journal/state_of.hpp"

namespace orderflow {

namespace {

/// So many states are in memory at a time, each up to some hundred KB.
constexpr uint32_t rows_at_once = 100;

}  // namespace

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
        wanted.after = rows[i].id;
        wanted.skip = 0;
      }
      const bool follows = !rows.empty() && rows.back().id != wanted.after;
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
  query.set("cursor", std::to_string(filled.next->value));
  made.header("Link", "<" + std::string{path} + "?" + query.text() + ">; rel=\"next\"");
  return made;
}

}  // namespace orderflow
