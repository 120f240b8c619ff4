#include "domain/order/refusal.hpp"

namespace orderflow {

std::string_view to_string(refusal why) {
  switch (why) {
    case refusal::none: return "none";
    case refusal::order_must_exist: return "order_must_exist";
    case refusal::order_must_be_new: return "order_must_be_new";
    case refusal::cart_must_be_open: return "cart_must_be_open";
    case refusal::order_must_be_checked_out: return "order_must_be_checked_out";
    case refusal::order_must_not_be_cancelled: return "order_must_not_be_cancelled";
    case refusal::order_must_not_be_shipped: return "order_must_not_be_shipped";
    case refusal::order_must_be_paid: return "order_must_be_paid";
    case refusal::order_must_be_shipped: return "order_must_be_shipped";
    case refusal::payment_must_use_the_same_method: return "payment_must_use_the_same_method";
    case refusal::refund_must_settle_first: return "refund_must_settle_first";
    case refusal::refund_must_not_exceed_capture: return "refund_must_not_exceed_capture";
    case refusal::amount_must_be_positive: return "amount_must_be_positive";
    case refusal::attempt_must_be_open: return "attempt_must_be_open";
    case refusal::booking_must_be_open: return "booking_must_be_open";
    case refusal::tracking_must_be_the_same: return "tracking_must_be_the_same";
    case refusal::attempts_must_not_be_exhausted: return "attempts_must_not_be_exhausted";
    case refusal::lines_must_not_be_empty: return "lines_must_not_be_empty";
    case refusal::lines_must_not_be_too_many: return "lines_must_not_be_too_many";
    case refusal::quantity_must_be_in_range: return "quantity_must_be_in_range";
    case refusal::price_must_not_be_negative: return "price_must_not_be_negative";
    case refusal::total_must_not_overflow: return "total_must_not_overflow";
    case refusal::status_must_not_be_set_by_hand: return "status_must_not_be_set_by_hand";
    case refusal::product_must_be_known: return "product_must_be_known";
    case refusal::price_must_be_the_catalogues: return "price_must_be_the_catalogues";
    case refusal::on_hand_must_cover_reserved: return "on_hand_must_cover_reserved";
    case refusal::price_must_come_from_the_catalogue: return "price_must_come_from_the_catalogue";
    case refusal::currency_must_be_the_products: return "currency_must_be_the_products";
    case refusal::refund_must_be_refused: return "refund_must_be_refused";
    case refusal::matter_must_be_open: return "matter_must_be_open";
  }
  return "unknown_refusal";
}

std::string_view explain(refusal why) {
  switch (why) {
    case refusal::none: return "Nothing was refused.";
    case refusal::order_must_exist: return "There is no such order; check its number.";
    case refusal::order_must_be_new:
      return "This number belongs to an order with another content; place the order under a new one.";
    case refusal::cart_must_be_open: return "The order is placed, so its lines are fixed; cancel it and place another one.";
    case refusal::order_must_be_checked_out: return "The order is still an open cart; check it out first.";
    case refusal::order_must_not_be_cancelled: return "The order is cancelled and stays so; place a new one.";
    case refusal::order_must_not_be_shipped:
      return "The order has left the house, so it can neither be cancelled nor shipped again; refund the money instead.";
    case refusal::order_must_be_paid: return "The order is not paid yet; this is possible once its payment is captured.";
    case refusal::order_must_be_shipped: return "The order is not shipped yet; ship it before it is delivered.";
    case refusal::payment_must_use_the_same_method:
      return "Another payment method is in use for this order; wait for its outcome, or repeat the call with that method.";
    case refusal::refund_must_settle_first:
      return "Money of this order is on its way back, or it is about to be cancelled; ship it when that has settled.";
    case refusal::refund_must_not_exceed_capture:
      return "The amount is more than is left of the payment; ask for at most the rest, or leave the amount out to refund all of "
             "it.";
    case refusal::amount_must_be_positive: return "A refund must be of more than nothing; name a positive amount.";
    case refusal::attempt_must_be_open:
      return "There is no payment attempt in progress that this could settle; look at the attempts of the order first.";
    case refusal::booking_must_be_open: return "No booking at the carrier is outstanding; there is nothing to settle.";
    case refusal::tracking_must_be_the_same: return "The order was shipped under another tracking number; use that one.";
    case refusal::attempts_must_not_be_exhausted:
      return "All 99 payment attempts of this order were declined; cancel it and place a new one.";
    case refusal::lines_must_not_be_empty: return "An order needs at least one line.";
    case refusal::lines_must_not_be_too_many: return "An order has at most 1000 lines; split it into several orders.";
    case refusal::quantity_must_be_in_range: return "The quantity of a line must be a whole number from 1 to 1000000.";
    case refusal::price_must_not_be_negative: return "The price of a line must not be negative; use 0 for what is free.";
    case refusal::total_must_not_overflow: return "The total is too large to be counted exactly; split the order.";
    case refusal::status_must_not_be_set_by_hand:
      return "An order becomes pending or paid by what happens to it; an operator settles a payment attempt instead.";
    case refusal::product_must_be_known: return "Product ID must be valid: the catalogue has no such product.";
    case refusal::price_must_be_the_catalogues: return "The price differs from the catalogue's; send that one, or none.";
    case refusal::on_hand_must_cover_reserved:
      return "Less would be on hand than is reserved for orders; cancel some of them or count again.";
    case refusal::price_must_come_from_the_catalogue:
      return "A customer orders products of the catalogue at its prices; name the product of every line.";
    case refusal::currency_must_be_the_products: return "The product is sold in another currency; order in that one.";
    case refusal::refund_must_be_refused:
      return "No refund of that number is open that this could settle; look at the refunds of the order first.";
    case refusal::matter_must_be_open:
      return "Nothing of that number or name waits for an operator; look at what the order shows under `attention` first.";
  }
  return "The request was refused.";
}

}  // namespace orderflow
