#include "http/api/sandbox/sandbox_service.hpp"

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/post.hpp>

#include "http/api/common/handler_context.hpp"
#include "http/api/orders_v1/codec.hpp"
#include "http/api/sandbox/sandbox_view.hpp"

namespace orderflow {

namespace asio = boost::asio;

namespace {

/// How long a caller of a service that hangs is kept, whatever its timeout.
constexpr auto longest_silence = std::chrono::seconds{60};

/// A callback for the sandbox. `heard` gets the answer, or nothing as soon as it is sure that there will be none: the sandbox
/// has then let go of the callback without calling it.
template <class Answer>
std::function<void(Answer)> or_silence(asio::io_context& io, std::function<void(std::optional<Answer>)> heard) {
  struct ear {
    ear(asio::io_context& context, std::function<void(std::optional<Answer>)> what) : io(context), heard(std::move(what)) {}
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

void say_nothing(sandbox_service& service, const responder& to) {
  using timer = asio::basic_waitable_timer<std::chrono::steady_clock>;
  auto over = std::make_shared<timer>(service.io, longest_silence);
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
reply payment_reply(const sandbox_service& service, order_id order, uint16_t status, std::string_view request_id) {
  const auto payment = service.records.payment_of(order);
  if (!payment) return problem_json(payment_not_found(), request_id);
  reply made;
  made.status = payment->status == payment_state_word::processing && status == 201 ? 202 : status;
  made.body = write_payment(*payment);
  return made;
}

/// What to do with a charge that nobody answered: what took money breaks off, what did not hangs.
void leave_unanswered(sandbox_service& service, const std::string& key, const responder& to) {
  if (service.world.was_captured(key)) return to.hang_up();
  say_nothing(service, to);
}

/// Asks the gateway about one open attempt after the other, then shows the payment.
void ask_on(sandbox_service& service, const request& req, const responder& to, order_id order, std::vector<std::string> keys) {
  if (keys.empty()) return to(payment_reply(service, order, 200, req.id));
  const auto key = keys.back();
  keys.pop_back();
  auto heard = [&service, &req, to, order, keys = std::move(keys)](std::optional<charge_answer> answer) {
    if (!answer) return say_nothing(service, to);
    if (answer->status == charge_status::failed) return to(problem_json(service_failed(), req.id));
    service.records.note(order, *answer, service.time.now());
    ask_on(service, req, to, order, keys);
  };
  service.world.payments().query(key, order, or_silence<charge_answer>(service.io, std::move(heard)));
}

/// The part that is to go back, or all of the rest; what is wrong with it goes into `errors`.
minor_units refund_amount(const orders_v1::refund_body& input, const told_payment& payment, minor_units left,
                          std::vector<field_error>& errors) {
  if (input.money && *input.money != payment.money)
    errors.push_back({"/currency", "must be the payment's, which is " + std::string{payment.money.name()}});
  if (!input.amount) return left;
  const auto parsed = parse_amount(input.amount->text, payment.money);
  const bool right = input.amount->is == json_value::kind::number && parsed.error == amount_error::none && parsed.amount > 0;
  if (!right) errors.push_back({"/amount", "must be an amount above 0 in the payment's currency"});
  return parsed.amount;
}

}  // namespace

sandbox_service::sandbox_service(sandbox& service, const clock& clock, asio::io_context& context)
    : world(service), time(clock), io(context), records(service.ledger()) {
  for (const auto& each : service.sent()) mailed.insert(each.message.id);
  service.payments().on_report([this](order_id order, const charge_answer& answer) {
    asio::post(io, [this, order, ended = charge_answer{answer}]() mutable {
      records.note(order, ended, time.now());
      if (const auto payment = records.payment_of(order)) ended.money = payment->money;
      if (told) told(order, ended);
    });
  });
}

void sandbox_charge(sandbox_service& service, const request& req, const responder& to) {
  auto decoded = orders_v1::decode_payment(req.body, {});
  if (const auto* wrong = std::get_if<problem>(&decoded)) return to(problem_json(*wrong, req.id));
  const auto& command = std::get<orders_v1::payment_body>(decoded);
  if (command.amount <= 0) return to(problem_json(invalid({{"/amount", "must be above 0"}}), req.id));
  charge_request request;
  request.key =
      req.headers.idempotency_key.empty() ? service.records.next_charge(command.order) : std::string{req.headers.idempotency_key};
  request.order = command.order;
  request.amount = command.amount;
  request.money = command.money;
  request.method = command.method.empty() ? "ok" : command.method;
  service.records.begin(request, service.time.now());
  auto heard = [&service, &req, to, key = request.key, order = request.order](const std::optional<charge_answer>& answer) {
    if (!answer) return leave_unanswered(service, key, to);
    service.records.note(order, *answer, service.time.now());
    if (answer->status == charge_status::failed) return to(problem_json(service_failed(), req.id));
    to(payment_reply(service, order, 201, req.id));
  };
  service.world.payments().charge(request, or_silence<charge_answer>(service.io, std::move(heard)));
}

void sandbox_payment(sandbox_service& service, const request& req, const responder& to) {
  const auto order = parse_order_id(req.values[0]);
  if (!order) return to(problem_json(payment_not_found(), req.id));
  ask_on(service, req, to, *order, service.records.open_charges(*order));
}

void sandbox_refund(sandbox_service& service, const request& req, const responder& to) {
  auto decoded = orders_v1::decode_refund(req.body);
  if (const auto* wrong = std::get_if<problem>(&decoded)) return to(problem_json(*wrong, req.id));
  const auto& command = std::get<orders_v1::refund_body>(decoded);
  const auto payment = service.records.payment_of(command.order);
  if (!payment) return to(problem_json(payment_not_found(), req.id));
  std::vector<field_error> errors;
  refund_request request;
  request.key =
      req.headers.idempotency_key.empty() ? service.records.next_refund(command.order) : std::string{req.headers.idempotency_key};
  request.order = command.order;
  request.amount = refund_amount(command, *payment, service.records.left(command.order), errors);
  request.money = payment->money;
  if (!errors.empty()) return to(problem_json(invalid(std::move(errors)), req.id));
  auto heard = [&service, &req, to, request](const std::optional<refund_answer>& answer) {
    if (!answer || answer->status == refund_answer_status::failed) return to(problem_json(service_failed(), req.id));
    service.records.note(request, *answer, service.time.now());
    const bool settled = answer->status == refund_answer_status::settled;
    to(payment_reply(service, request.order, settled ? 200 : 409, req.id));
  };
  service.world.payments().refund(request, or_silence<refund_answer>(service.io, std::move(heard)));
}

std::vector<route> sandbox_service_routes(sandbox_service& service) {
  using sandbox_handler = void (*)(sandbox_service&, const request&, const responder&);
  const auto bind = [&service](sandbox_handler what) -> handler {
    return [&service, what](const request& req, const responder& to) { what(service, req, to); };
  };
  constexpr auto staff = audience::staff();
  route_options usual;
  usual.dialect = dialects::orders_v1;
  auto table = sandbox_view_routes(service.world);
  table.emplace_back(verb::post, "/api/v1/payments", staff, bind(sandbox_charge), usual);
  table.emplace_back(verb::get, "/api/v1/payments/order/{id}", staff, bind(sandbox_payment), usual);
  table.emplace_back(verb::post, "/api/v1/payments/refund", staff, bind(sandbox_refund), usual);
  table.emplace_back(verb::post, "/api/v1/notifications/email", staff, bind(sandbox_email), usual);
  return table;
}

}  // namespace orderflow
