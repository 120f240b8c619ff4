#include "gateways/sandbox_payments.hpp"

#include <algorithm>
#include <limits>
#include <stdexcept>

#include "base/assert.hpp"
#include "domain/payment/card.hpp"

namespace orderflow {

namespace {

constexpr auto write_again_after = milliseconds{500};

charge_answer failed_charge(std::string key, std::string reason) {
  return {std::move(key), charge_status::failed, {}, 0, std::move(reason)};
}

constexpr const char* gateway_is_down = "the gateway is down";

/// Another company's form: only the first six and the last four digits are told again.
card_answer token_of(const card_details& card) {
  const auto refused = [](const char* why) { return card_answer{card_status::refused, {}, why}; };
  const auto& number = card.number.reveal();
  if (!is_card_number(number)) return refused("card_number_invalid");
  if (!is_card_expiry({card.expiry_month, card.expiry_year})) return refused("card_expiry_invalid");
  if (!is_card_cvv(card.cvv.reveal())) return refused("card_cvv_invalid");
  const auto token = find_sandbox_card(number);
  if (!token) return refused("card_unknown");
  stored_method made{
      std::string{to_string(*token)},  card.first_name,   card.last_name,  number.substr(0, 6), number.substr(number.size() - 4),
      std::string{card_brand(number)}, card.expiry_month, card.expiry_year};
  return {card_status::stored, std::move(made), {}};
}

constexpr const char* disk_refused = "the sandbox cannot write its ledger";

void add(minor_units& sum, minor_units amount) {
  sum = checked_add(sum, amount).value_or(std::numeric_limits<minor_units>::max());
}

}  // namespace

sandbox_payments::sandbox_payments(std::string path, const clock& time) : time_(time), file_(std::move(path)) { read_ledger(); }

void sandbox_payments::read_ledger() {
  open_slow_charges slow;
  file_.read_lines([&](std::string_view text, uint64_t number) {
    const auto line = read_ledger_line(text);
    if (!line)
      throw std::runtime_error{file_.path() + " line " + std::to_string(number) +
                               " is not a line of the sandbox's ledger; repair it or start with an empty directory"};
    recall(*line, slow);
  });
  for (const auto& [key, asked_at] : slow) {
    const auto due_in = asked_at + slow_takes - time_.now();
    capture_later(key, std::clamp(due_in, milliseconds{0}, slow_takes));
  }
}

void sandbox_payments::recall(const ledger_line& line, open_slow_charges& slow) {
  const auto digest = digest_of(line.key);
  switch (line.kind) {
    case ledger_kind::charge: {
      auto& record = charges_[digest];
      const auto failures = record.failures;
      record = {line.order, line.amount, line.money, line.method, line.outcome, failures, false};
      if (line.outcome == charge_outcome::captured) add(orders_[line.order].captured, line.amount);
      if (line.outcome == charge_outcome::open && line.method == sandbox_token::error_500) ++record.failures;
      if (line.outcome == charge_outcome::open && line.method == sandbox_token::slow) slow[line.key] = line.at;
      return;
    }
    case ledger_kind::capture:
      book_capture(charges_[digest], line.amount, line.money);
      slow.erase(line.key);
      return;
    case ledger_kind::decline: charges_[digest].outcome = charge_outcome::declined; return;
    case ledger_kind::unanswered_query: charges_[digest].queried = true; return;
    case ledger_kind::refund:
      refunds_[digest].settled = true;
      add(money_of(line.order, line.money).refunded, line.amount);
      return;
    case ledger_kind::refund_refused: refunds_[digest].settled = false; return;
  }
}

void sandbox_payments::charge(const charge_request& request, std::function<void(charge_answer)> answered) {
  ORDERFLOW_ASSERT(request.amount > 0);
  std::optional<charge_answer> answer;
  milliseconds delay{0};
  {
    std::lock_guard hold{mutex_};
    delay = delay_;
    answer = down_ ? failed_charge(request.key, gateway_is_down) : decide_charge(request);
  }
  if (!answer) return;
  if (delay.count() == 0) return answered(std::move(*answer));
  later_.after(delay, [answered = std::move(answered), answer = std::move(*answer)] { answered(answer); });
}

void sandbox_payments::query(const std::string& key, order_id, std::function<void(charge_answer)> answered) {
  std::optional<charge_answer> answer;
  milliseconds delay{0};
  {
    std::lock_guard hold{mutex_};
    delay = delay_;
    answer = down_ ? failed_charge(key, gateway_is_down) : decide_query(key);
  }
  if (!answer) return;
  if (delay.count() == 0) return answered(std::move(*answer));
  later_.after(delay, [answered = std::move(answered), answer = std::move(*answer)] { answered(answer); });
}

template <class Answer>
void sandbox_payments::answer_in_time(std::function<void(Answer)> answered, const std::function<Answer(bool down)>& answer) {
  Answer made;
  milliseconds delay{0};
  {
    std::lock_guard hold{mutex_};
    delay = delay_;
    made = answer(down_);
  }
  if (delay.count() == 0) return answered(std::move(made));
  later_.after(delay, [answered = std::move(answered), made = std::move(made)] { answered(made); });
}

void sandbox_payments::refund(const refund_request& request, std::function<void(refund_answer)> answered) {
  answer_in_time<refund_answer>(std::move(answered), [&](bool down) {
    return down ? refund_answer{request.key, refund_answer_status::failed, 0, gateway_is_down} : decide_refund(request);
  });
}

void sandbox_payments::refunded(order_id order, std::function<void(refund_answer)> answered) {
  answer_in_time<refund_answer>(std::move(answered), [&](bool down) {
    return down ? refund_answer{{}, refund_answer_status::failed, 0, gateway_is_down}
                : refund_answer{{}, refund_answer_status::told, orders_[order].refunded, {}};
  });
}

void sandbox_payments::store_card(const card_details& card, std::function<void(card_answer)> answered) {
  answer_in_time<card_answer>(std::move(answered), [&](bool down) {
    return down ? card_answer{card_status::failed, {}, gateway_is_down} : token_of(card);
  });
}

void sandbox_payments::method_of(const std::string&, std::function<void(card_answer)> answered) {
  answer_in_time<card_answer>(std::move(answered), [](bool down) {
    if (down) return card_answer{card_status::failed, {}, gateway_is_down};
    return card_answer{card_status::stored, {"ok", "Bob", "Norman", "424242", "4242", "visa", 9, 2024}, {}};
  });
}

bool sandbox_payments::external_refund(order_id order, minor_units amount, currency money) {
  std::lock_guard hold{mutex_};
  const auto& there = money_of(order, money);
  if (!there.can_return(amount)) return false;
  // A refund that is turned away is not written, so each that is made has a key of its own.
  const auto key = "outside/" + std::to_string(order.value) + "/" + std::to_string(there.refunded) +
                   (elsewhere_.contains({order, money}) ? "/" + std::string{money.name()} : "");
  return decide_refund({key, order, amount, money}).status == refund_answer_status::settled;
}

sandbox_payments::order_money& sandbox_payments::money_of(order_id order, currency money) {
  const auto found = elsewhere_.find({order, money});
  return found == elsewhere_.end() ? orders_[order] : found->second;
}

void sandbox_payments::book_capture(charge_record& of, minor_units amount, currency money) {
  if (money != of.money) elsewhere_[{of.order, money}];
  of.outcome = charge_outcome::captured;
  of.amount = amount;
  of.money = money;
  add(money_of(of.order, money).captured, amount);
}

bool sandbox_payments::capture_late(order_id order, uint32_t attempt, minor_units amount, currency money, bool told) {
  const auto key = "charge/" + std::to_string(order.value) + "/" + std::to_string(attempt);
  charge_answer answer;
  {
    std::lock_guard hold{mutex_};
    auto* known = charges_.find(digest_of(key));
    if (!known || known->outcome == charge_outcome::captured || amount <= 0) return false;
    auto taken = *known;
    taken.amount = amount;
    taken.money = money;
    if (!write(ledger_kind::capture, key, taken)) return false;
    book_capture(*known, amount, money);
    answer = *answer_known(key, *known);
  }
  if (told) report(order, std::move(answer));
  return true;
}

std::optional<charge_answer> sandbox_payments::decide_charge(const charge_request& request) {
  charge_record fresh{request.order, request.amount, request.money};
  fresh.method = forced_.value_or(find_sandbox_token(request.method).value_or(sandbox_token::unknown_method));
  if (const auto* known = charges_.find(digest_of(request.key))) {
    const bool has_only_failed = known->outcome == charge_outcome::open && known->method == sandbox_token::error_500;
    if (!has_only_failed) return answer_known(request.key, *known);
    fresh.failures = known->failures;
  }
  return new_charge(request, fresh);
}

std::optional<charge_answer> sandbox_payments::new_charge(const charge_request& request, charge_record record) {
  bool replies = true;
  switch (record.method) {
    case sandbox_token::ok: record.outcome = charge_outcome::captured; break;
    case sandbox_token::lost_reply:
      record.outcome = charge_outcome::captured;
      replies = false;
      break;
    case sandbox_token::insufficient_funds:
    case sandbox_token::declined:
    case sandbox_token::expired_card:
    case sandbox_token::unknown_method: record.outcome = charge_outcome::declined; break;
    case sandbox_token::slow:
    case sandbox_token::never: break;
    case sandbox_token::error_500:
      if (record.failures < failures_of_error_500) {
        ++record.failures;
      } else {
        record.outcome = charge_outcome::captured;
      }
      break;
  }
  if (!write(ledger_kind::charge, request.key, record, request.tenant)) return failed_charge(request.key, disk_refused);
  charges_[digest_of(request.key)] = record;
  if (record.outcome == charge_outcome::captured) add(orders_[record.order].captured, record.amount);
  if (record.method == sandbox_token::slow) capture_later(request.key, slow_takes);
  return replies ? answer_known(request.key, record) : std::nullopt;
}

std::optional<charge_answer> sandbox_payments::answer_known(const std::string& key, const charge_record& record) const {
  switch (record.outcome) {
    case charge_outcome::captured:
      return charge_answer{key, charge_status::captured, transaction_of(key), record.amount, {}, record.money};
    case charge_outcome::declined: {
      const auto reason = record.method == sandbox_token::never ? sandbox_token::declined : record.method;
      return charge_answer{key, charge_status::declined, {}, 0, std::string{to_string(reason)}};
    }
    case charge_outcome::open: break;
  }
  if (record.method == sandbox_token::never) return std::nullopt;
  if (record.method == sandbox_token::error_500) return failed_charge(key, "error 500");
  return charge_answer{key, charge_status::in_progress, {}, 0, {}};
}

std::optional<charge_answer> sandbox_payments::decide_query(const std::string& key) {
  auto* known = charges_.find(digest_of(key));
  const bool open = known && known->outcome == charge_outcome::open;
  // A charge that ended in an error was never taken in.
  if (!known || (open && known->method == sandbox_token::error_500))
    return charge_answer{key, charge_status::not_found, {}, 0, {}};
  if (!open || known->method != sandbox_token::never) return answer_known(key, *known);
  if (!known->queried) {
    // If the line cannot be written, the next query is the first one again, as it would be after a restart.
    known->queried = write(ledger_kind::unanswered_query, key, *known);
    return std::nullopt;
  }
  if (!write(ledger_kind::decline, key, *known)) return failed_charge(key, disk_refused);
  known->outcome = charge_outcome::declined;
  return answer_known(key, *known);
}

refund_answer sandbox_payments::decide_refund(const refund_request& request) {
  const auto digest = digest_of(request.key);
  auto& money = money_of(request.order, request.money);
  const auto answer = [&](const refund_record& record) {
    return record.settled ? refund_answer{request.key, refund_answer_status::settled, money.refunded, {}}
                          : refund_answer{request.key, refund_answer_status::refused, money.refunded, "more_than_captured"};
  };
  if (const auto* known = refunds_.find(digest)) return answer(*known);
  const refund_record fresh{money.can_return(request.amount)};
  const charge_record line{request.order, request.amount, request.money};
  if (!write(fresh.settled ? ledger_kind::refund : ledger_kind::refund_refused, request.key, line))
    return {request.key, refund_answer_status::failed, money.refunded, disk_refused};
  refunds_[digest] = fresh;
  if (fresh.settled) add(money.refunded, request.amount);
  return answer(fresh);
}

bool sandbox_payments::write(ledger_kind kind, const std::string& key, const charge_record& record, const std::string& tenant) {
  const auto outcome = kind == ledger_kind::charge ? record.outcome : charge_outcome::open;
  return file_.append(write_ledger_line({kind, key, record.order, record.amount, record.money, record.method, time_.now(),
                                         outcome, tenant == usual_tenant ? std::string{} : tenant}));
}

void sandbox_payments::capture_later(std::string key, milliseconds delay) {
  later_.after(delay, [this, key = std::move(key)] { capture_slow(key); });
}

void sandbox_payments::capture_slow(const std::string& key) {
  order_id order;
  charge_answer answer;
  {
    std::lock_guard hold{mutex_};
    auto* known = charges_.find(digest_of(key));
    if (!known || known->outcome != charge_outcome::open) return;
    if (!write(ledger_kind::capture, key, *known)) return capture_later(key, write_again_after);
    book_capture(*known, known->amount, known->money);
    order = known->order;
    answer = *answer_known(key, *known);
  }
  report(order, std::move(answer));
}

void sandbox_payments::report(order_id order, charge_answer answer) {
  std::function<void(order_id, charge_answer)> reported;
  {
    std::lock_guard hold{mutex_};
    if (!reported_) {
      unreported_.emplace_back(order, std::move(answer));
      return;
    }
    reported = reported_;
  }
  reported(order, std::move(answer));
}

void sandbox_payments::on_report(std::function<void(order_id, charge_answer)> reported) {
  std::vector<std::pair<order_id, charge_answer>> missed;
  {
    std::lock_guard hold{mutex_};
    reported_ = reported;
    missed.swap(unreported_);
  }
  for (auto& [order, answer] : missed) reported(order, std::move(answer));
}

bool sandbox_payments::set_mode(const std::string& mode, milliseconds delay) {
  const auto token = find_sandbox_token(mode);
  if (!token && mode != "down") return false;
  std::lock_guard hold{mutex_};
  down_ = !token;
  forced_ = token == sandbox_token::ok ? std::nullopt : token;
  delay_ = std::max(delay, milliseconds{0});
  return true;
}

bool sandbox_payments::was_captured(const std::string& key) const {
  std::lock_guard hold{mutex_};
  const auto* known = charges_.find(digest_of(key));
  return known != nullptr && known->outcome == charge_outcome::captured;
}

std::vector<ledger_entry> sandbox_payments::ledger() const {
  std::vector<ledger_entry> entries;
  std::unordered_map<order_id, std::string> tenants;  ///< Of orders of another than the usual one: only their charges say so.
  file_.read_lines([&](std::string_view text, uint64_t) {
    const auto line = read_ledger_line(text);
    if (!line) return;
    append_entries(entries, *line);
    if (!line->tenant.empty()) tenants[line->order] = line->tenant;
  });
  for (auto& each : entries)
    if (const auto found = tenants.find(each.order); found != tenants.end()) each.tenant = found->second;
  return entries;
}

}  // namespace orderflow
