#include "tests/codec/samples.hpp"

#include <rapidcheck.h>

#include <limits>
#include <type_traits>
#include <utility>

namespace orderflow::samples {

namespace {

void append_utf8(std::string& out, uint32_t point) {
  const auto tail = [&](int shift) { out += static_cast<char>(0x80 | ((point >> shift) & 0x3F)); };
  if (point < 0x80) {
    out += static_cast<char>(point);
  } else if (point < 0x800) {
    out += static_cast<char>(0xC0 | (point >> 6));
    tail(0);
  } else if (point < 0x10000) {
    out += static_cast<char>(0xE0 | (point >> 12));
    tail(6);
    tail(0);
  } else {
    out += static_cast<char>(0xF0 | (point >> 18));
    tail(12);
    tail(6);
    tail(0);
  }
}

/// Control characters (NUL too), quotes, and scalar values of every encoded length.
rc::Gen<uint32_t> code_points() {
  return rc::gen::oneOf(
      rc::gen::inRange<uint32_t>(0, 0x20), rc::gen::element<uint32_t>('"', '\\', '/', 0x7F, 0x2028, 0xFEFF, 0xFFFF),
      rc::gen::inRange<uint32_t>(0x20, 0x80), rc::gen::inRange<uint32_t>(0x80, 0x800), rc::gen::inRange<uint32_t>(0x800, 0xD800),
      rc::gen::inRange<uint32_t>(0xE000, 0x10000), rc::gen::inRange<uint32_t>(0x10000, 0x110000));
}

customer make_customer(source& s) { return {s.text(), s.text(), s.text(), s.text(), s.text()}; }
provenance make_provenance(source& s) {
  return {s.text(), s.text(), s.text(), s.text(), s.text(), s.text(), s.text(), s.text(), s.integer()};
}
order_line make_line(source& s) { return {{s.text()}, s.text(), s.integer(), s.integer(), s.flag()}; }
timer_policy make_timers(source& s) {
  if (s.choice(4) == 0) return {};
  return {s.duration(), s.duration(), s.duration(), s.duration(), s.duration(), s.duration()};
}
tax_policy make_tax(source& s) { return {s.one_of(0, tax_mode::added), s.small()}; }
stock_line make_stock_line(source& s) { return {{s.text()}, s.integer()}; }
reservation_key make_key(source& s) { return {{s.integer()}, s.small()}; }
payment_attempt make_attempt(source& s) {
  return {s.text(), s.one_of(1, attempt_status::unknown), s.text(), s.text(), s.instant(), s.instant(), s.flag()};
}
refund_record make_refund(source& s) {
  return {s.integer(), s.one_of(1, refund_status::by_other_means), s.instant(), s.instant()};
}
unmatched_capture make_unmatched(source& s) {
  return {s.text(), s.integer(), s.small(), s.one_of(0, unmatched_reason::same_money), s.instant()};
}
external_refund make_external(source& s) { return {s.integer(), s.instant()}; }
operator_matter make_matter(source& s) {
  return {s.small(), s.one_of(0, operator_reason::refund_unknown_to_gateway), s.text(), s.integer(), s.small(), s.instant(),
          s.money()};
}
foreign_capture make_foreign(source& s) { return {s.text(), s.integer(), s.money(), s.small(), s.instant()}; }

template <class Make>
auto list_of(source& s, Make make) {
  std::vector<decltype(make(s))> list;
  for (size_t left = s.list_size(); left > 0; --left) list.push_back(make(s));
  return list;
}
product_id make_product(source& s) { return {s.text()}; }
std::optional<cart_claim> make_claim(source& s) {
  if (!s.flag()) return std::nullopt;
  return cart_claim{s.text(), s.large()};
}
former_lines make_former(source& s) { return {s.small(), list_of(s, make_line)}; }

template <class T>
T make(source& s);
template <>
cart_opened make([[maybe_unused]] source& s) {
  return {{s.integer()}, make_provenance(s), make_customer(s), s.money(),  list_of(s, make_line),
          s.integer(),   make_timers(s),     make_tax(s),      s.integer()};
}
template <>
cart_changed make([[maybe_unused]] source& s) {
  return {list_of(s, make_line), s.integer(), s.integer()};
}
template <>
order_placed make([[maybe_unused]] source& s) {
  return {{s.integer()},  make_provenance(s), make_customer(s), s.money(),   list_of(s, make_line), s.integer(),  make_timers(s),
          s.maybe_text(), s.flag(),           s.small(),        make_tax(s), s.integer(),           make_claim(s)};
}
template <>
cart_checked_out make([[maybe_unused]] source& s) {
  return {make_customer(s), s.maybe_text(), s.small()};
}
template <>
stock_held make([[maybe_unused]] source& s) {
  return {s.small()};
}
template <>
stock_came_late make([[maybe_unused]] source& s) {
  return {s.small()};
}
template <>
stock_released make([[maybe_unused]] source& s) {
  return {s.small()};
}
template <>
stock_consumed make([[maybe_unused]] source& s) {
  return {s.small()};
}
template <>
payment_unknown make([[maybe_unused]] source& s) {
  return {s.small()};
}
template <>
stock_refused make([[maybe_unused]] source& s) {
  return {s.small(), s.flag(), list_of(s, make_product)};
}
template <>
payment_requested make([[maybe_unused]] source& s) {
  return {s.text()};
}
template <>
payment_started make([[maybe_unused]] source& s) {
  return {s.text()};
}
template <>
late_booking_recorded make([[maybe_unused]] source& s) {
  return {s.text()};
}
template <>
booking_refused make([[maybe_unused]] source& s) {
  return {s.text()};
}
template <>
payment_captured make([[maybe_unused]] source& s) {
  return {s.text(), s.integer()};
}
template <>
early_capture_recorded make([[maybe_unused]] source& s) {
  return {s.text(), s.integer()};
}
template <>
payment_declined make([[maybe_unused]] source& s) {
  return {s.small(), s.text()};
}
template <>
refund_refused make([[maybe_unused]] source& s) {
  return {s.small(), s.text()};
}
template <>
unmatched_capture_recorded make([[maybe_unused]] source& s) {
  return {s.small(), s.text(), s.integer(), s.one_of(0, unmatched_reason::same_money)};
}
template <>
refund_granted make([[maybe_unused]] source& s) {
  return {s.integer()};
}
template <>
refund_started make([[maybe_unused]] source& s) {
  return {s.integer()};
}
template <>
external_refund_recorded make([[maybe_unused]] source& s) {
  return {s.integer(), s.integer()};
}
template <>
refund_replaced make([[maybe_unused]] source& s) {
  return {s.small()};
}
template <>
refund_made_otherwise make([[maybe_unused]] source& s) {
  return {s.small()};
}
template <>
matter_closed make([[maybe_unused]] source& s) {
  return {s.small()};
}
template <>
charge_question_opened make([[maybe_unused]] source& s) {
  return {s.small()};
}
template <>
charge_question_closed make([[maybe_unused]] source& s) {
  return {s.small()};
}
template <>
foreign_capture_recorded make([[maybe_unused]] source& s) {
  return {s.small(), s.text(), s.integer(), s.money()};
}
template <>
refund_settled make([[maybe_unused]] source& s) {
  return {s.small(), s.integer()};
}
template <>
order_cancelled make([[maybe_unused]] source& s) {
  return {s.one_of(0, cancel_reason::refunded)};
}
template <>
operator_needed make([[maybe_unused]] source& s) {
  return {s.one_of(0, operator_reason::refund_unknown_to_gateway), s.text(), s.small(), s.integer(), s.small(), s.money()};
}
template <>
order_shipped make([[maybe_unused]] source& s) {
  return {s.text(), s.flag()};
}
template <>
operator_resolved make([[maybe_unused]] source& s) {
  return {s.text(), s.text(), s.text()};
}
template <>
cancel_requested make([[maybe_unused]] source& s) {
  return {};
}
template <>
expiry_requested make([[maybe_unused]] source& s) {
  return {};
}
template <>
shipment_requested make([[maybe_unused]] source& s) {
  return {make_customer(s)};
}
template <>
order_delivered make([[maybe_unused]] source& s) {
  return {};
}
template <>
payment_reminded make([[maybe_unused]] source& s) {
  return {};
}
template <>
payment_alert_raised make([[maybe_unused]] source& s) {
  return {};
}
template <>
stock_alert_raised make([[maybe_unused]] source& s) {
  return {};
}
template <>
shipping_alert_raised make([[maybe_unused]] source& s) {
  return {};
}
template <>
cart_settled make([[maybe_unused]] source& s) {
  return {};
}
template <>
invoice_issued make([[maybe_unused]] source& s) {
  return {make_customer(s)};
}
template <>
lines_reserved make([[maybe_unused]] source& s) {
  return {make_key(s), list_of(s, make_stock_line)};
}
template <>
lines_released make([[maybe_unused]] source& s) {
  return {make_key(s), list_of(s, make_stock_line)};
}
template <>
lines_consumed make([[maybe_unused]] source& s) {
  return {make_key(s), list_of(s, make_stock_line)};
}
template <>
key_voided make([[maybe_unused]] source& s) {
  return {make_key(s)};
}
template <>
stock_adjusted make([[maybe_unused]] source& s) {
  return {{s.text()}, s.integer(), s.text()};
}
template <>
product_put make([[maybe_unused]] source& s) {
  return {{{s.text()}, s.text(), s.money(), s.integer()}};
}

template <class Variant>
Variant make_alternative(source& s, size_t index) {
  Variant made;
  [&]<size_t... I>(std::index_sequence<I...>) {
    ((I == index ? void(made = make<std::variant_alternative_t<I, Variant>>(s)) : void()), ...);
  }
  (std::make_index_sequence<std::variant_size_v<Variant>>{});
  return made;
}

}  // namespace

std::string random_parts::text() {
  std::string out;
  for (const uint32_t point : *rc::gen::container<std::vector<uint32_t>>(code_points())) append_utf8(out, point);
  return out;
}

int64_t random_parts::integer() {
  using limits = std::numeric_limits<int64_t>;
  return *rc::gen::oneOf(rc::gen::element<int64_t>(0, 1, -1, limits::min(), limits::max(), (1LL << 53) + 1),
                         rc::gen::arbitrary<int64_t>());
}

uint64_t random_parts::large() {
  return *rc::gen::oneOf(rc::gen::element<uint64_t>(0, 1, 1ULL << 63, ~0ULL), rc::gen::arbitrary<uint64_t>());
}

uint32_t random_parts::small() { return *rc::gen::oneOf(rc::gen::element<uint32_t>(0, ~0U), rc::gen::arbitrary<uint32_t>()); }

bool random_parts::flag() { return *rc::gen::arbitrary<bool>(); }

currency random_parts::money() {
  currency made;
  for (char& letter : made.code) letter = *rc::gen::inRange('A', static_cast<char>('Z' + 1));
  return made;
}

size_t random_parts::list_size() { return *rc::gen::inRange<size_t>(0, 4); }

uint8_t random_parts::choice(uint8_t count) { return *rc::gen::inRange<uint8_t>(0, count); }

order make_order(source& s) {
  return {{s.integer()},
          s.large(),
          s.one_of(1, order_status::cancelled),
          s.one_of(1, pending_reason::awaiting_payment),
          make_provenance(s),
          make_customer(s),
          s.money(),
          list_of(s, make_line),
          s.integer(),
          s.flag(),
          s.flag(),
          make_timers(s),
          {s.flag(), s.flag(), s.flag(), s.flag()},
          s.instant(),
          s.instant(),
          s.instant(),
          s.instant(),
          s.one_of(0, stock_status::consumed),
          s.small(),
          list_of(s, make_attempt),
          s.maybe_text(),
          s.integer(),
          s.text(),
          list_of(s, make_unmatched),
          s.integer(),
          s.integer(),
          list_of(s, make_refund),
          {s.one_of(0, shipment_status::booked), s.text()},
          s.flag(),
          s.flag(),
          s.one_of(0, cancel_reason::refunded),
          s.one_of(0, operator_reason::booked_after_cancel),
          s.flag(),
          list_of(s, [](source& from) { return from.small(); }),
          list_of(s, make_former),
          make_tax(s),
          s.integer(),
          s.flag(),
          make_claim(s),
          s.flag(),
          list_of(s, make_product),
          list_of(s, make_external),
          list_of(s, make_matter),
          s.small(),
          list_of(s, make_foreign)};
}

order_event make_order_event(source& s, size_t index) { return make_alternative<order_event>(s, index); }
inventory_event make_inventory_event(source& s, size_t index) { return make_alternative<inventory_event>(s, index); }
catalogue_event make_catalogue_event(source& s) { return make_alternative<catalogue_event>(s, 0); }

}  // namespace orderflow::samples
