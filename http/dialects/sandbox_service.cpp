#include "http/dialects/sandbox_service.hpp"

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/post.hpp>

#include "http/dialects/d4_words.hpp"
#include "http/dialects/edge.hpp"
#include "http/dialects/sandbox_view.hpp"

namespace orderflow {

namespace asio = boost::asio;

namespace {

/// How long a caller of a service that hangs is kept, whatever patience it has.
constexpr auto longest_silence = std::chrono::seconds{60};

/// A callback for the sandbox. `heard` gets the answer, or nothing as soon as it is sure that there will be none: the sandbox
/// has then let go of the callback without calling it.
template <class Answer>
std::function<void(Answer)> or_silence(asio::io_context& io, std::function<void(std::optional<Answer>)> heard) {
  struct ear {
    ear(asio::io_context& on, std::function<void(std::optional<Answer>)> what) : io(on), heard(std::move(what)) {}
    ear(const ear&) = delete;
    ear& operator=(const ear&) = delete;
    ~ear() {
      if (heard) say(std::nullopt);
    }
    void say(std::optional<Answer> answer) {
      asio::post(io, [to = std::exchange(heard, nullptr), answer = std::move(answer)]() mutable { to(std::move(answer)); });
    }
    asio::io_context& io;
    std::function<void(std::optional<Answer>)> heard;
  };
  auto one = std::make_shared<ear>(io, std::move(heard));
  return [one](Answer answer) {
    if (one->heard) one->say(std::move(answer));
  };
}

void say_nothing(sandbox_service& with, const responder& to) {
  using timer = asio::basic_waitable_timer<std::chrono::steady_clock>;
  auto over = std::make_shared<timer>(with.io, longest_silence);
  over->async_wait([over, to](boost::system::error_code) { to.hang_up(); });
}

problem service_failed() {
  problem made;
  made.status = 500;
  made.word = "payment_service_failed";
  made.detail = "The payment service made a mistake; try again.";
  return made;
}

/// The payment as it stands; 202 while it is in progress.
reply payment_reply(const sandbox_service& with, order_id order, uint16_t status, std::string_view request_id) {
  const auto payment = with.books.payment_of(order);
  if (!payment) return problem_json(payment_not_found(), request_id);
  reply made;
  made.status = payment->status == payment_state_word::processing && status == 201 ? 202 : status;
  made.body = write_payment(*payment);
  return made;
}

/// What to do with a charge that nobody answered: what took money breaks off, what did not hangs.
void leave_unanswered(sandbox_service& with, const std::string& key, const responder& to) {
  if (with.world.was_captured(key)) return to.hang_up();
  say_nothing(with, to);
}

/// Asks the gateway about one open attempt after the other, then shows the payment.
void ask_on(sandbox_service& with, const request& asked, const responder& to, order_id order, std::vector<std::string> keys) {
  if (keys.empty()) return to(payment_reply(with, order, 200, asked.id));
  const auto key = keys.back();
  keys.pop_back();
  auto heard = [&with, &asked, to, order, keys = std::move(keys)](std::optional<charge_answer> answer) {
    if (!answer) return say_nothing(with, to);
    if (answer->status == charge_status::failed) return to(problem_json(service_failed(), asked.id));
    with.books.note(order, *answer, with.time.now());
    ask_on(with, asked, to, order, keys);
  };
  with.world.payments().query(key, order, or_silence<charge_answer>(with.io, std::move(heard)));
}

/// The part that is to go back, or all of the rest; what is wrong with it goes into `errors`.
minor_units refund_amount(const d4_refund_wish& wish, const told_payment& payment, minor_units left,
                          std::vector<field_error>& errors) {
  if (wish.money && *wish.money != payment.money)
    errors.push_back({"/currency", "must be the payment's, which is " + std::string{payment.money.name()}});
  if (!wish.amount) return left;
  const auto parsed = parse_amount(wish.amount->text, payment.money);
  const bool right = wish.amount->is == json_value::kind::number && parsed.error == amount_error::none && parsed.amount > 0;
  if (!right) errors.push_back({"/amount", "must be an amount above 0 in the payment's currency"});
  return parsed.amount;
}

}  // namespace

sandbox_service::sandbox_service(sandbox& with, const clock& clock, asio::io_context& on)
    : world(with), time(clock), io(on), books(with.ledger()) {
  for (const auto& each : with.sent()) mailed.insert(each.message.id);
  with.payments().on_report([this](order_id order, const charge_answer& answer) {
    asio::post(io, [this, order, ended = charge_answer{answer}]() mutable {
      books.note(order, ended, time.now());
      if (const auto payment = books.payment_of(order)) ended.money = payment->money;
      if (told) told(order, ended);
    });
  });
}

void sandbox_charge(sandbox_service& with, const request& asked, const responder& to) {
  auto decoded = d4_decode_payment(asked.body, {});
  if (const auto* wrong = std::get_if<problem>(&decoded)) return to(problem_json(*wrong, asked.id));
  const auto& wish = std::get<d4_payment_wish>(decoded);
  if (wish.amount <= 0) return to(problem_json(invalid({{"/amount", "must be above 0"}}), asked.id));
  charge_request request;
  request.key =
      asked.headers.idempotency_key.empty() ? with.books.next_charge(wish.order) : std::string{asked.headers.idempotency_key};
  request.order = wish.order;
  request.amount = wish.amount;
  request.money = wish.money;
  request.method = wish.method.empty() ? "ok" : wish.method;
  with.books.begin(request, with.time.now());
  auto heard = [&with, &asked, to, key = request.key, order = request.order](const std::optional<charge_answer>& answer) {
    if (!answer) return leave_unanswered(with, key, to);
    with.books.note(order, *answer, with.time.now());
    if (answer->status == charge_status::failed) return to(problem_json(service_failed(), asked.id));
    to(payment_reply(with, order, 201, asked.id));
  };
  with.world.payments().charge(request, or_silence<charge_answer>(with.io, std::move(heard)));
}

void sandbox_payment(sandbox_service& with, const request& asked, const responder& to) {
  const auto order = parse_order_id(asked.values[0]);
  if (!order) return to(problem_json(payment_not_found(), asked.id));
  ask_on(with, asked, to, *order, with.books.open_charges(*order));
}

void sandbox_refund(sandbox_service& with, const request& asked, const responder& to) {
  auto decoded = d4_decode_refund(asked.body);
  if (const auto* wrong = std::get_if<problem>(&decoded)) return to(problem_json(*wrong, asked.id));
  const auto& wish = std::get<d4_refund_wish>(decoded);
  const auto payment = with.books.payment_of(wish.order);
  if (!payment) return to(problem_json(payment_not_found(), asked.id));
  std::vector<field_error> errors;
  refund_request request;
  request.key =
      asked.headers.idempotency_key.empty() ? with.books.next_refund(wish.order) : std::string{asked.headers.idempotency_key};
  request.order = wish.order;
  request.amount = refund_amount(wish, *payment, with.books.left(wish.order), errors);
  request.money = payment->money;
  if (!errors.empty()) return to(problem_json(invalid(std::move(errors)), asked.id));
  auto heard = [&with, &asked, to, request](const std::optional<refund_answer>& answer) {
    if (!answer || answer->status == refund_answer_status::failed) return to(problem_json(service_failed(), asked.id));
    with.books.note(request, *answer, with.time.now());
    const bool settled = answer->status == refund_answer_status::settled;
    to(payment_reply(with, request.order, settled ? 200 : 409, asked.id));
  };
  with.world.payments().refund(request, or_silence<refund_answer>(with.io, std::move(heard)));
}

std::vector<route> sandbox_service_routes(sandbox_service& with) {
  using sandbox_handler = void (*)(sandbox_service&, const request&, const responder&);
  const auto bind = [&with](sandbox_handler what) -> handler {
    return [&with, what](const request& asked, const responder& to) { what(with, asked, to); };
  };
  constexpr auto staff = audience::staff();
  route_options usual;
  usual.dialect = dialects::d4;
  auto table = sandbox_view_routes(with.world);
  table.emplace_back(verb::post, "/api/v1/payments", staff, bind(sandbox_charge), usual);
  table.emplace_back(verb::get, "/api/v1/payments/order/{id}", staff, bind(sandbox_payment), usual);
  table.emplace_back(verb::post, "/api/v1/payments/refund", staff, bind(sandbox_refund), usual);
  table.emplace_back(verb::post, "/api/v1/notifications/email", staff, bind(sandbox_email), usual);
  return table;
}

}  // namespace orderflow
