#include "http/api/shop/codec.hpp"

#include <algorithm>
#include <map>

#include "base/unicode.hpp"
#include "codec/order_json.hpp"
#include "domain/order/order_number.hpp"
#include "domain/order/payment_amounts.hpp"
#include "domain/order/payment_return.hpp"
#include "domain/payment/decline_reason.hpp"

namespace orderflow::shop {

namespace {

constexpr int64_t longest_delay_s = 366LL * 24 * 3600;

order_line read_item(const json_value& item, const std::string& at, std::vector<field_error>& errors) {
  order_line line;
  if (item.is != json_value::kind::object) {
    errors.push_back({at, "must be an object"});
    return line;
  }
  field_reader from{item, at, errors};
  line.product = from.product("productId", presence::required);
  line.quantity = from.integer("quantity", 1, max_quantity, presence::required).value_or(1);
  return line;
}

std::vector<order_line> read_items(field_reader& from, std::vector<field_error>& errors) {
  std::vector<order_line> lines;
  const auto* items = from.array("items", 1, max_lines);
  if (items == nullptr) return lines;
  constexpr size_t enough_errors = 20;
  for (size_t i = 0; i < items->items.size() && errors.size() < enough_errors; ++i)
    lines.push_back(read_item(items->items[i], "/items/" + std::to_string(i), errors));
  return lines;
}

/// Sums per product, so that "2 and 1" equals "3".
std::map<product_id, int64_t> sums_of(const std::vector<order_line>& lines) {
  std::map<product_id, int64_t> sums;
  for (const auto& line : lines) sums[line.product] += line.quantity;
  return sums;
}

bool is_phone_number(std::string_view text) {
  const auto digits = std::count_if(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  return digits >= 3 && digits <= 15 && text.find_first_not_of("+0123456789 ()-./") == std::string_view::npos &&
         text.rfind('+') == (text.starts_with('+') ? 0 : std::string_view::npos);
}

/// Several lines are fine in a message, not in a subject: it is a header of the mail.
std::string read_message(field_reader& from, const json_value& object) {
  const auto* found = object.find("message");
  if (found == nullptr || found->is != json_value::kind::string || found->text.empty()) {
    from.wrong("message", "must be a text that is not empty");
    return {};
  }
  constexpr size_t longest = 64 * max_text;
  auto in_one_line = found->text;
  std::erase_if(in_one_line, [](char c) { return c == '\n' || c == '\t' || c == '\r'; });
  if (found->text.size() > longest) {
    from.wrong("message", "must be at most " + std::to_string(longest) + " bytes long");
  } else if (has_control_character(in_one_line)) {
    from.wrong("message", "must not contain control characters");
  }
  return found->text;
}

void read_time(field_reader& from, message_body& input) {
  const auto at = from.text("sendAt", presence::optional);
  const auto delay = from.integer("delaySeconds", 0, longest_delay_s, presence::optional);
  if (!at.empty() && delay) return from.wrong("delaySeconds", "must be left out where sendAt is given");
  if (delay) input.delay = std::chrono::seconds{*delay};
  if (at.empty()) return;
  const auto read = parse_rfc3339(at);
  if (!read) return from.wrong("sendAt", "must be a time such as 2025-12-01T10:00:00Z");
  input.send_at = from_ms(*read);
}

reply envelope(uint16_t code, std::string_view message, const std::function<void(json_writer&)>& more = {}) {
  reply made;
  made.status = code;
  json_writer out{made.body};
  out.begin_object();
  out.key("code").integer(code);
  out.key("message").string(message);
  if (more) more(out);
  out.end_object();
  return made;
}

reply written_problem(const problem& what, const std::function<void(json_writer&)>& more) {
  const auto code = what.status == 422 ? uint16_t{400} : what.status;
  auto made = envelope(code, what.detail, more);
  add_problem_headers(what, made);
  return made;
}

reply failed_with(uint16_t code, const std::string& message) {
  return envelope(code, message, [](json_writer& out) { out.key("paymentStatus").string("failed"); });
}

reply payment_failed(const std::string& because) { return failed_with(400, "Payment failed due to " + because); }

/// A payment that was made and goes back has not failed.
reply cancelled_payment(const order& now) {
  const auto answer = [](std::string_view message, std::string_view word) {
    return envelope(409, message, [word](json_writer& out) { out.key("paymentStatus").string(word); });
  };
  switch (payment_return_of(now)) {
    case payment_return::none: break;
    case payment_return::under_way: return answer("The order is cancelled; what was paid is being returned.", "refunding");
    case payment_return::done: return answer("The order is cancelled; what was paid has been returned.", "refunded");
  }
  return answer("The order is cancelled; it cannot be paid.", "failed");
}

reply payment_completed(const order& now) {
  uint32_t number = 0;
  for (size_t i = 0; i < now.attempts.size(); ++i)
    if (now.attempts[i].status == attempt_status::captured) number = static_cast<uint32_t>(i + 1);
  return envelope(200, "Payment successful", [&](json_writer& out) {
    out.key("paymentStatus").string("completed");
    if (const auto transaction = transaction_number_of(now, number))
      out.key("transactionId").string(transaction_word(*transaction));
  });
}

reply payment_in_progress() {
  return envelope(202, "Payment is being processed; ask again with the same request.",
                  [](json_writer& out) { out.key("paymentStatus").string("processing"); });
}

}  // namespace

std::string order_word(order_id id) { return shop_word(id); }

std::string transaction_word(int64_t number) { return "TXN" + std::to_string(number); }

std::variant<customer_claim, problem> decode_claim(const json_value& body) {
  std::vector<field_error> errors;
  field_reader from{body, {}, errors};
  customer_claim claim;
  claim.user = from.text_or_integer("userId", presence::required);
  if (!errors.empty()) return invalid(std::move(errors));
  // A token is longer than other texts; what is wrong with it is for whoever verifies it to say.
  if (const auto* token = body.find("token"); token != nullptr && token->is == json_value::kind::string)
    claim.token = token->text;
  return claim;
}

std::variant<order_body, problem> decode_order(const json_value& body, currency money) {
  std::vector<field_error> errors;
  field_reader from{body, {}, errors};
  order_body input;
  input.signature = from.text("signature", presence::optional);
  input.amount = from.amount("orderAmount", money, presence::required).value_or(0);
  for (auto& line : read_items(from, errors)) input.as_signed.lines.push_back({std::move(line.product.value), line.quantity});
  input.as_signed.timestamp = from.text_or_integer("timestamp", presence::optional);
  input.as_signed.nonce = from.text_or_integer("nonce", presence::optional);
  if (input.as_signed.timestamp.empty() != input.as_signed.nonce.empty())
    from.wrong(input.as_signed.nonce.empty() ? "nonce" : "timestamp", "is required: timestamp and nonce come together");
  if (!errors.empty()) return invalid(std::move(errors));
  input.as_signed.amount = body.find("orderAmount")->text;
  return input;
}

std::variant<lock_body, problem> decode_lock(std::string_view body) {
  auto object = read_object(body);
  if (auto* wrong = std::get_if<problem>(&object)) return std::move(*wrong);
  std::vector<field_error> errors;
  field_reader from{std::get<json_value>(object), {}, errors};
  lock_body input;
  input.order = from.order("orderId", presence::required).value_or(order_id{});
  input.lines = read_items(from, errors);
  if (!errors.empty()) return invalid(std::move(errors));
  return input;
}

bool same_items(const std::vector<order_line>& named, const std::vector<order_line>& ordered) {
  return sums_of(named) == sums_of(ordered);
}

std::variant<message_body, problem> decode_message(std::string_view body) {
  auto parsed = read_object(body);
  if (auto* wrong = std::get_if<problem>(&parsed)) return std::move(*wrong);
  const auto& object = std::get<json_value>(parsed);
  std::vector<field_error> errors;
  field_reader from{object, {}, errors};
  message_body input;
  input.user = from.text_or_integer("userId", presence::required);
  input.channel = from.text("notificationType", presence::required);
  if (!input.channel.empty() && input.channel != "email" && input.channel != "sms")
    from.wrong("notificationType", "must be email or sms");
  input.subject = from.text("subject", presence::required);
  input.text = read_message(from, object);
  input.recipient = from.text("recipient", presence::optional);
  if (input.channel == "email" && !input.recipient.empty() && !is_plausible_email(input.recipient))
    from.wrong("recipient", "must be an e-mail address");
  if (input.channel == "sms" && !input.recipient.empty() && !is_phone_number(input.recipient))
    from.wrong("recipient", "must be a telephone number");
  read_time(from, input);
  if (!errors.empty()) return invalid(std::move(errors));
  return input;
}

reply problem_reply(const problem& what, std::string_view) { return written_problem(what, {}); }

reply lock_problem_reply(const problem& what, std::string_view) {
  return written_problem(what, [](json_writer& out) { out.key("locked").boolean(false); });
}

reply payment_problem_reply(const problem& what, std::string_view) {
  auto told = what;
  if (told.status == 402) told.status = 400;  // The document has one word for all that fails.
  if (told.status >= 500) return written_problem(told, {});
  const bool another_goes_on = told.word == to_string(refusal::payment_must_use_the_same_method);
  return written_problem(
      told, [another_goes_on](json_writer& out) { out.key("paymentStatus").string(another_goes_on ? "processing" : "failed"); });
}

reply created_reply(const order& now) {
  return envelope(200, "Order created successfully", [&](json_writer& out) {
    out.key("orderId").string(order_word(now.id));
    out.key("status").string(to_string(now.status));
  });
}

reply lock_reply(const order& now) {
  const auto answer = [](uint16_t code, std::string_view message, bool locked) {
    return envelope(code, message, [locked](json_writer& out) { out.key("locked").boolean(locked); });
  };
  if (now.cancelled_because == cancel_reason::out_of_stock) return answer(400, "Insufficient inventory", false);
  if (now.status == order_status::cancelled) return answer(409, "The order is cancelled; nothing is locked for it.", false);
  switch (now.stock) {
    case stock_status::held:
    case stock_status::consumed: return answer(200, "Inventory locked successfully", true);
    case stock_status::refused: return answer(400, "Insufficient inventory", false);
    case stock_status::none:
      if (now.placed() && !now.tracks_stock()) return answer(200, "Inventory locked successfully", true);
      break;
    case stock_status::requested:
    case stock_status::releasing:
    case stock_status::released: break;
  }
  if (!now.placed()) return answer(409, "The order has not been checked out yet.", false);
  return answer(202, "Inventory is being locked; ask again with the same request.", false);
}

reply payment_reply(const order& now) {
  switch (now.status) {
    case order_status::paid:
    case order_status::shipped:
    case order_status::delivered: return payment_completed(now);
    case order_status::payment_processing: return payment_in_progress();
    case order_status::cancelled:
      if (now.cancelled_because == cancel_reason::out_of_stock) return payment_failed("insufficient inventory");
      return cancelled_payment(now);
    case order_status::pending: break;
  }
  const bool declined = !now.attempts.empty() && now.attempts.back().status == attempt_status::declined;
  if (declined && !now.requested_method) return payment_failed(decline_cause(now.attempts.back().reason));
  if (now.stock == stock_status::refused) return payment_failed("insufficient inventory");
  return payment_in_progress();
}

reply message_sent_reply() { return envelope(200, "Notification sent successfully"); }

}  // namespace orderflow::shop
