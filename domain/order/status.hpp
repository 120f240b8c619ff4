// The closed sets an order's state is made of. Numbers are a stored format: add, never change.
#pragma once

#include <cstdint>

namespace orderflow {

/// The customer's diagram (DD-ORDER-001 §4).
enum class order_status : uint8_t { pending = 1, payment_processing = 2, paid = 3, shipped = 4, delivered = 5, cancelled = 6 };

/// What a pending order waits for.
enum class pending_reason : uint8_t { awaiting_checkout = 1, awaiting_stock = 2, awaiting_payment = 3 };

/// The order's view of its reservation of the current round.
enum class stock_status : uint8_t { none = 0, requested = 1, held = 2, refused = 3, releasing = 4, released = 5, consumed = 6 };

/// How far an attempt to charge the customer is. `unknown`: the gateway gave no answer; it is never read as a decline.
enum class attempt_status : uint8_t { started = 1, captured = 2, declined = 3, unknown = 4 };

enum class refund_status : uint8_t {
  started = 1,
  settled = 2,         ///< The gateway has returned it.
  refused = 3,         ///< It will not; a person is asked.
  replaced = 4,        ///< It does not come about, and what is still owed of it goes back as another refund.
  by_other_means = 5,  ///< Refused, and an operator returned it without the gateway.
};

/// Why money that came does not pay for the order. `none`: it was recorded before reasons were.
enum class unmatched_reason : uint8_t {
  none = 0,
  late = 1,          ///< Its attempt had been given up, or the order needs no money.
  wrong_amount = 2,  ///< Not the order's total.
  surplus = 3,       ///< A capture that is known was told again with a larger figure: the difference.
  second_name = 4,   ///< Its attempt had brought money under another name.
  same_money = 5,    ///< No money: another name of money that is known, as an operator found out.
};

enum class shipment_status : uint8_t { none = 0, requested = 1, booked = 2 };

/// Why an order was cancelled.
enum class cancel_reason : uint8_t { none = 0, customer = 1, out_of_stock = 2, expired = 3, declined = 4, refunded = 5 };

/// Why a person has to look at an order. The order goes on with what it can do.
enum class operator_reason : uint8_t {
  none = 0,
  capture_of_wrong_amount = 1,
  refund_refused = 2,
  booking_refused = 3,
  booked_after_cancel = 4,
  capture_under_other_name = 5,
  capture_of_other_figure = 6,    ///< A capture was told again with another figure.
  capture_in_other_currency = 7,  ///< Money came that is no amount of the order's: it stays with the operator.
  charge_unknown_to_gateway = 8,  ///< A charge that may have been sent, is not known there, and must not be sent again.
  refund_unknown_to_gateway = 9,  ///< The same of a refund.
};

}  // namespace orderflow
