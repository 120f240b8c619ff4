#include "journal/postgres/message_reads.hpp"

namespace orderflow::postgres {

message_row message_of(const answer& rows, int row) {
  message_row one;
  one.number = rows.int8(row, 0);
  one.tenant = rows.text(row, 1);
  one.user = rows.text(row, 2);
  one.order = {rows.int8(row, 3)};
  one.channel = rows.text(row, 4);
  one.recipient = rows.text(row, 5);
  one.subject = rows.text(row, 6);
  one.text = rows.text(row, 7);
  one.asked_at = from_ms(rows.int8(row, 12));
  if (rows.boolean(row, 8))
    one.key =
        key_claim{rows.text(row, 9), rows.text(row, 10), static_cast<uint64_t>(rows.int8(row, 11)), one.order, one.asked_at};
  one.send_at = from_ms(rows.int8(row, 13));
  if (!rows.null(row, 14)) one.due_at = from_ms(rows.int8(row, 14));
  one.tries = static_cast<uint32_t>(rows.int8(row, 15));
  one.status = static_cast<message_status>(rows.int2(row, 16));
  one.settled_at = from_ms(rows.int8(row, 17));
  return one;
}

}  // namespace orderflow::postgres
