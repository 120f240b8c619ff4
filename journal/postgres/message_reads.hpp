// Reading the messages that clients asked for (table `notices`).
#pragma once

#include "journal/postgres/connection.hpp"
#include "journal/store.hpp"

namespace orderflow::postgres {

#define NOTICE_COLUMNS                                                                                                  \
  "number, tenant, user_id, order_id, channel, recipient, subject, text, key_hash IS NOT NULL, scope, key, body_hash, " \
  "asked_at, "                                                                                                          \
  "send_at, due_at, tries, status, settled_at"

inline constexpr statement read_open_messages{"read_open_notices",
                                              "SELECT " NOTICE_COLUMNS
                                              " FROM notices WHERE due_at IS NOT NULL ORDER BY due_at, number "
                                              "LIMIT $1::bigint"};

inline constexpr statement read_message{
    "read_notice", "SELECT " NOTICE_COLUMNS " FROM notices WHERE key_hash = $1::bigint AND scope = $2::text AND key = $3::text"};

inline constexpr statement read_message_numbered{"read_notice_numbered",
                                                 "SELECT " NOTICE_COLUMNS " FROM notices WHERE number = $1::bigint"};

inline constexpr statement read_given_up{"read_given_up",
                                         "SELECT " NOTICE_COLUMNS
                                         " FROM notices WHERE status = 3 AND number > $2::bigint AND (tenant = $1::text "
                                         "OR (tenant = '' AND EXISTS (SELECT FROM orders WHERE orders.id = notices.order_id "
                                         "AND orders.tenant = $1::text))) ORDER BY number LIMIT $3::bigint"};

#undef NOTICE_COLUMNS

/// Of a row of any of these.
[[nodiscard]] message_row message_of(const answer& rows, int row);

}  // namespace orderflow::postgres
