#include "bench/mixed_scenario.hpp"

#include "bench/order_scenario.hpp"

namespace orderflow::bench {

mixed_scenario::mixed_scenario(const scenario_options& options)
    : host_(options.to.host),
      terms_(terms_of_d4(options.customer, options.tracked)),
      create_(text_of_d4(options)),
      work_(options.connections) {}

// Of 100 requests: 40 create, 30 read one order, 10 list the latest 20, 12 ship, 8 cancel. Where there is nothing to do it
// with, an order is made instead.
mixed_scenario::operation mixed_scenario::choose() {
  const auto thrown = dice_() % 100;
  if (thrown < 40 || told_.empty()) return operation::create;
  if (thrown < 70) return operation::read;
  if (thrown < 80) return operation::list;
  if (movable_.empty()) return operation::create;
  return thrown < 92 ? operation::ship : operation::cancel;
}

std::string_view mixed_scenario::request(std::string_view method, const std::string& target, std::string_view body) {
  bytes_.assign(method).append(" ").append(target).append(" HTTP/1.1\r\nHost: ").append(host_).append("\r\n");
  if (!body.empty()) bytes_ += "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
  return bytes_.append("\r\n").append(body);
}

std::string_view mixed_scenario::next(size_t connection) {
  in_work& work = work_[connection];
  work.what = choose();
  if (work.what == operation::read) work.order = dice_() % told_.size();
  if (work.what == operation::ship || work.what == operation::cancel) {
    std::swap(movable_[dice_() % movable_.size()], movable_.back());
    work.order = movable_.back();
    movable_.pop_back();
  }
  const auto of_order = [&] { return "/api/v1/orders/" + std::to_string(told_[work.order].id); };
  switch (work.what) {
    case operation::create: break;
    case operation::read: return request("GET", of_order());
    case operation::list: return request("GET", "/api/v1/orders/?limit=20&" + terms_.list_query);
    case operation::ship: return request("PUT", of_order() + "/status", R"({"status":"shipped"})");
    case operation::cancel: return request("DELETE", of_order());
  }
  return create_.next();
}

reply_meaning mixed_scenario::answered(size_t connection, const framed_reply& reply) {
  const in_work& work = work_[connection];
  const bool moves = work.what == operation::ship || work.what == operation::cancel;
  const reply_meaning done{meaning::finished, static_cast<uint8_t>(work.what)};
  if (is_refusal(reply)) {
    const meaning what = meaning_of_refusal(reply);
    if (what == meaning::unknown && work.what == operation::create) ++untold_;
    if (what == meaning::unknown && moves) told_[work.order].now = outcome::uncertain;
    if (what == meaning::refused && moves) movable_.push_back(work.order);
    return {what, done.operation};
  }
  switch (work.what) {
    case operation::create:
      if (reply.status != 201 || !has_status(reply.body, "paid")) throw_unexpected(reply);
      movable_.push_back(told_.size());
      told_.push_back({order_id_of(reply.body), outcome::paid});
      break;
    case operation::read:
      if (reply.status != 200 || order_id_of(reply.body) != told_[work.order].id) throw_unexpected(reply);
      break;
    case operation::list:
      if (reply.status != 200 || !reply.body.starts_with('[')) throw_unexpected(reply);
      break;
    case operation::ship: settle(work, reply, "shipped", outcome::shipped); break;
    case operation::cancel: settle(work, reply, "cancelled", outcome::cancelled); break;
  }
  return done;
}

void mixed_scenario::settle(const in_work& work, const framed_reply& reply, std::string_view status, outcome now) {
  if (reply.status != 200 || !has_status(reply.body, status)) throw_unexpected(reply);
  told_[work.order].now = now;
}

}  // namespace orderflow::bench
