// One page of a list of orders: bounded in rows by what was asked for, and in bytes by us, whatever the orders are like.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "codec/json.hpp"
#include "http/api/common/handler_context.hpp"
#include "http/pipeline/query.hpp"

namespace orderflow {

/// Shared between the reader's thread, which fills it in, and the answer.
struct order_page {
  std::string text;                ///< A JSON array.
  std::optional<list_place> next;  ///< Where the next page goes on; empty: this was the last one.
  std::string damage;              ///< A row that this binary cannot decode.
};

/// From here on a page takes no further order: a thousand of a thousand lines each would be 200 MB.
inline constexpr size_t page_bytes = 2U << 20;

/// A place as text for clients to give back. They are to see nothing in it: base64url of a form's number, the time and the order.
[[nodiscard]] std::string cursor_of(const list_place& seen);
/// Nothing where the text is none of ours. Earlier versions gave an order's number, which says nothing of the time.
[[nodiscard]] std::optional<list_place> parse_cursor(std::string_view text);
inline constexpr const char* cursor_must_be_ours =
    "must be taken as it stands in a Link header of this list; begin with the first page";

/// At most `wanted.limit` orders, each written by `write`. Runs on a reader's thread; throws store_error.
void fill_page(order_page& into, reader& from, order_query wanted, void (*write)(json_writer&, const order&));

/// `query`: of this page. Its body, and where there is a next page the header Link.
[[nodiscard]] reply page_reply(order_page& filled, std::string_view path, query_values query);

}  // namespace orderflow
