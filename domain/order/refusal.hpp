// Rules that refuse a request. Each states the rule that was broken. Numbers are public: add, never change.
#pragma once

#include <cstdint>
#include <string_view>

namespace orderflow {

enum class refusal : uint16_t {
  none = 0,
  /// There is no such order, or it is somebody else's.
  order_must_exist = 1,
  /// `place` for an id that has an order with another content.
  order_must_be_new = 2,
  /// Only an open cart takes lines or is checked out.
  cart_must_be_open = 3,
  /// An open cart is paid, refunded and shipped only after checkout.
  order_must_be_checked_out = 4,
  /// Cancelled orders stay cancelled.
  order_must_not_be_cancelled = 5,
  /// What left the house cannot be cancelled.
  order_must_not_be_shipped = 6,
  /// Refund, ship: the order has to be paid first.
  order_must_be_paid = 7,
  /// Deliver: the order has to be shipped first.
  order_must_be_shipped = 8,
  /// Another method is being charged already.
  payment_must_use_the_same_method = 9,
  /// A refund in progress or a request to cancel has to settle before shipping.
  refund_must_settle_first = 10,
  /// The part asked back is more than is left of the capture.
  refund_must_not_exceed_capture = 11,
  /// A refund of nothing, or of less.
  amount_must_be_positive = 12,
  /// settle: there is no attempt in progress.
  attempt_must_be_open = 13,
  /// settle_shipment: no booking is outstanding.
  booking_must_be_open = 14,
  /// The order was shipped under another number.
  tracking_must_be_the_same = 15,
  /// 99 attempts were declined.
  attempts_must_not_be_exhausted = 16,
  lines_must_not_be_empty = 17,
  lines_must_not_be_too_many = 18,
  quantity_must_be_in_range = 19,
  price_must_not_be_negative = 20,
  total_must_not_overflow = 21,
  /// PUT status: `paid` and `pending` are outcomes, not commands.
  status_must_not_be_set_by_hand = 22,
  /// The product is not in the catalogue.
  product_must_be_known = 23,
  /// The client's price differs from the catalogue's.
  price_must_be_the_catalogues = 24,
  /// Stock: an adjustment below what is reserved.
  on_hand_must_cover_reserved = 25,
  /// A customer may not price a line itself.
  price_must_come_from_the_catalogue = 26,
  /// Lines priced in one currency, order in another.
  currency_must_be_the_products = 27,
  /// settle: no refund of that number is under way or was refused, or it has been settled otherwise.
  refund_must_be_refused = 28,
  /// settle: nothing of that number or name waits for a person.
  matter_must_be_open = 29,
};

/// The refusal's own word, such as "order_must_be_paid".
[[nodiscard]] std::string_view to_string(refusal why);

/// A sentence for people: what rule it is and what to do.
[[nodiscard]] std::string_view explain(refusal why);

}  // namespace orderflow
