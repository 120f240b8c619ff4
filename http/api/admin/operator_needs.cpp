#include "http/api/admin/operator_needs.hpp"

#include <algorithm>

#include "codec/json.hpp"
#include "codec/order_json.hpp"
#include "domain/order/attention.hpp"
#include "domain/order/pending_effects.hpp"

namespace orderflow {

namespace {

std::string path_of(order_id order, std::string_view rest) {
  return "/api/v1/orders/" + std::to_string(order.value) + std::string{rest};
}

std::string_view sentence_of(operator_reason reason) {
  switch (reason) {
    case operator_reason::none: break;
    case operator_reason::capture_of_wrong_amount:
      return "The gateway captured another amount than the order's total; it goes back.";
    case operator_reason::refund_refused: return "The gateway refused a refund that is owed.";
    case operator_reason::booking_refused: return "The carrier refused to take the parcel.";
    case operator_reason::booked_after_cancel: return "The carrier booked a parcel of an order that had been cancelled.";
    case operator_reason::capture_under_other_name:
      return "The gateway names a second capture of an attempt that is paid: the same money under another name, or more.";
    case operator_reason::capture_of_other_figure: return "The gateway has told two figures for one capture.";
    case operator_reason::capture_in_other_currency:
      return "The gateway took money in another currency than the order's; it stays there until somebody returns it.";
    case operator_reason::charge_unknown_to_gateway:
      return "The gateway does not know a charge that may have been sent; it is never sent again by itself.";
    case operator_reason::refund_unknown_to_gateway:
      return "The gateway does not show a refund that may have been sent; it is never sent again by itself.";
  }
  return "A person has to look at the order.";
}

/// What the matter is about, as a sentence can name it: the transaction, and money that is not the order's.
std::string subject_of(const operator_matter& matter) {
  if (matter.money == currency{}) return matter.detail;
  return matter.detail + ", " + fixed_text(matter.amount, matter.money) + " " + std::string{matter.money.name()};
}

constexpr const char* reason_to_fill_in = "what you found out";

/// The body of POST …/settle for a matter.
template <class Write>
std::string settlement(std::string_view what, Write write) {
  std::string text;
  json_writer out{text};
  out.begin_object().key("what").string(what);
  write(out);
  out.key("reason").string(reason_to_fill_in).end_object();
  return text;
}

resolving_command settling_of_refund(const order& now, uint32_t number, std::string how) {
  const auto write = [&](json_writer& out) { out.key("refund").integer(int64_t{number}).key("returned").boolean(true); };
  return {"POST", path_of(now.id, "/settle"), std::move(how), settlement("refund", write)};
}

std::string how_to_settle(operator_reason reason_of_refund) {
  if (reason_of_refund == operator_reason::refund_unknown_to_gateway)
    return "Ask the gateway: returned true is money that went back; returned false has it sent as another refund.";
  return "Say whether the money went back by other means (returned: true); otherwise it is tried again.";
}

/// `name`: of a command, as in `allowed_commands`.
resolving_command command_of(const order& now, const operator_matter& matter, std::string_view name) {
  const auto settle = path_of(now.id, "/settle");
  if (name == "settle")
    return {"POST", settle,
            "Ask the gateway: captured true, with its transaction_id, is money that pays for the order; captured false is none.",
            settlement("payment", [](json_writer& out) { out.key("captured").boolean(false); })};
  if (name == "settle_refund") return settling_of_refund(now, matter.about, how_to_settle(matter.reason));
  if (name == "settle_capture")
    return {"POST", settle,
            "Ask the gateway: held true is money besides, which goes back; held false is the same money under another name.",
            settlement("capture",
                       [&](json_writer& out) { out.key("transaction_id").string(matter.detail).key("held").boolean(true); })};
  if (name == "ship")
    return {"PUT", path_of(now.id, "/status"), "Have the parcel booked again, or DELETE the order to give it up.",
            R"({"status":"shipped"})"};
  if (name == "cancel") return {"DELETE", path_of(now.id, ""), "Give the order up; its money goes back."};
  if (matter.reason == operator_reason::capture_in_other_currency)
    return {"POST", settle,
            "Return it at the gateway in its own currency, which nothing here does by itself, and say that it is done.",
            settlement("matter", [&](json_writer& out) { out.key("number").integer(int64_t{matter.number}); })};
  return {"POST", settle, "Look at it with the gateway or the carrier, and say that it is done.",
          settlement("matter", [&](json_writer& out) { out.key("number").integer(int64_t{matter.number}); })};
}

bool has_matter(const order& now, operator_reason reason, uint32_t about) {
  return std::ranges::any_of(now.matters, [&](const operator_matter& one) { return one.reason == reason && one.about == about; });
}

std::string how_charge_goes_on(const order& now, uint32_t attempt) {
  if (has_matter(now, operator_reason::charge_unknown_to_gateway, attempt))
    return "It is asked about, but never sent again; an operator who knows the outcome from the gateway says so.";
  return "It is asked about again by itself; an operator who knows the outcome from the gateway can say so.";
}

std::string how_refund_goes_on(const order& now, uint32_t number) {
  if (has_matter(now, operator_reason::refund_unknown_to_gateway, number))
    return "It is asked about, but never sent again; an operator who knows from the gateway whether the money went back says so "
           "(returned: false has it sent as another refund).";
  return "It is asked about again by itself, and sent again where that cannot return the money twice; an operator who knows "
         "from the gateway whether the money went back can say so (returned: false has it sent as another refund).";
}

}  // namespace

std::vector<operator_need> operator_needs(const order& now) {
  std::vector<operator_need> needs;
  for (const auto& [matter, commands] : attention_of(now)) {
    auto reason = std::string{sentence_of(matter.reason)};
    if (const auto subject = subject_of(matter); !subject.empty()) reason += " (" + subject + ")";
    needs.push_back({to_string(matter.reason), std::move(reason), matter.since, command_of(now, matter, commands.front())});
  }
  return needs;
}

std::optional<resolving_command> resolution_of_waiting(const order& now, std::string_view key) {
  const auto settle = path_of(now.id, "/settle");
  for (const auto& what : pending_effects(now)) {
    if (key_of(now.id, what) != key) continue;
    if (const auto* refund = std::get_if<refund_payment>(&what))
      return settling_of_refund(now, refund->number, how_refund_goes_on(now, refund->number));
    if (const auto* charge = std::get_if<charge_payment>(&what))
      return resolving_command{"POST", settle, how_charge_goes_on(now, charge->attempt),
                               settlement("payment", [](json_writer& out) { out.key("captured").boolean(false); })};
  }
  return std::nullopt;
}

std::string_view recovery_of(std::string_view dependency) {
  if (dependency == "journal") return "Make the database or its disk available; writing goes on by itself.";
  if (dependency == "payment_gateway")
    return "Bring the payment service back; charges and refunds go on by themselves, but for those that are listed here on their "
           "own.";
  return "Bring the mail service back; messages are delivered by themselves.";
}

}  // namespace orderflow
