#include "http/dialects/operator_needs.hpp"

#include "codec/json.hpp"
#include "codec/order_json.hpp"
#include "domain/order/attention.hpp"
#include "domain/order/owed.hpp"

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
  }
  return "A person has to look at the order.";
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

/// `name`: of a command, as in `allowed_commands`.
resolving_command command_of(const order& now, const operator_matter& matter, std::string_view name) {
  const auto settle = path_of(now.id, "/settle");
  if (name == "settle_refund")
    return {"POST", settle, "Say whether the money went back by other means (returned: true); otherwise it is tried again.",
            settlement("refund", [&](json_writer& out) {
              out.key("refund").integer(int64_t{matter.about}).key("returned").boolean(true);
            })};
  if (name == "settle_capture")
    return {"POST", settle,
            "Ask the gateway: held true is money besides, which goes back; held false is the same money under another name.",
            settlement("capture",
                       [&](json_writer& out) { out.key("transaction_id").string(matter.detail).key("held").boolean(true); })};
  if (name == "ship")
    return {"PUT", path_of(now.id, "/status"), "Have the parcel booked again, or DELETE the order to give it up.",
            R"({"status":"shipped"})"};
  if (name == "cancel") return {"DELETE", path_of(now.id, ""), "Give the order up; its money goes back."};
  return {"POST", settle, "Look at it with the gateway or the carrier, and say that it is done.",
          settlement("matter", [&](json_writer& out) { out.key("number").integer(int64_t{matter.number}); })};
}

}  // namespace

std::vector<operator_need> operator_needs(const order& now) {
  std::vector<operator_need> needs;
  for (const auto& [matter, commands] : attention_of(now)) {
    auto reason = std::string{sentence_of(matter.reason)};
    if (!matter.detail.empty()) reason += " (" + matter.detail + ")";
    needs.push_back({to_string(matter.reason), std::move(reason), matter.since, command_of(now, matter, commands.front())});
  }
  return needs;
}

std::optional<resolving_command> resolution_of_waiting(const order& now, std::string_view key) {
  const auto settle = path_of(now.id, "/settle");
  for (const auto& what : owed(now)) {
    if (key_of(now.id, what) != key) continue;
    if (const auto* refund = std::get_if<pay_back>(&what))
      return resolving_command{
          "POST", settle,
          "It is asked about again by itself, and sent again where that cannot return the money twice; an operator who knows "
          "from the gateway whether the money went back can say so (returned: false has it sent as another refund).",
          settlement("refund", [&](json_writer& out) {
            out.key("refund").integer(int64_t{refund->number}).key("returned").boolean(true);
          })};
    if (std::holds_alternative<charge_payment>(what))
      return resolving_command{
          "POST", settle, "It is asked about again by itself; an operator who knows the outcome from the gateway can say so.",
          settlement("payment", [](json_writer& out) { out.key("captured").boolean(false); })};
  }
  return std::nullopt;
}

std::string_view recovery_of(std::string_view dependency) {
  if (dependency == "journal") return "Make the database or its disk available; writing goes on by itself.";
  if (dependency == "payment_gateway") return "Bring the payment service back; charges and refunds go on by themselves.";
  return "Bring the mail service back; messages are delivered by themselves.";
}

}  // namespace orderflow
