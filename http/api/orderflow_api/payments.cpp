// The billing partner charges the customer's method on file.
#include "domain/payment/decline_reason.hpp"
#include "http/api/common/payment_choice.hpp"
#include "http/api/orderflow_api/routes.hpp"

namespace orderflow::orderflow_api {

namespace {

/// One call on its way: invoice → method on file → charge.
struct paying {
  dialect& api;
  const request& req;
  responder to;
  payment_body command;

  void refuse(const problem& what) const { to(problem_reply(what, req.id)); }

  void look() const {
    look_at(api.context, req, command.invoice, version_to_look_at(req), [me = *this](const order_or_problem& outcome) {
      if (const auto* wrong = std::get_if<problem>(&outcome)) return me.refuse(*wrong);
      me.check(*std::get<order_reply>(outcome).now);
    });
  }

  void check(const order& now) const {
    if (const auto wrong = check_owner(now, command.customer)) return refuse(*wrong);
    if (!now.invoiced) return refuse(not_found("invoice_must_exist", "Invoice not found"));
    if (const auto wrong = check_total(command.total, now)) return refuse(*wrong);
    find_method();
  }

  /// Also where a method is named: the reply shows the card on file.
  void find_method() const {
    const account_key who{req.from.tenant, command.customer};
    choose_method(api.context, who, {}, [me = *this](const chosen_method& found) {
      if (const auto* wrong = std::get_if<problem>(&found)) return me.refuse(*wrong);
      me.charge(std::get<stored_method>(found));
    });
  }

  void charge(const stored_method& card) const {
    order_request ask;
    ask.order = command.invoice;
    ask.command = order_command{pay_order{command.method.empty() ? card.token : command.method}, api.context.time.now()};
    const auto timeout = wait_of(req.headers.prefer, api.settings.usual_wait, api.settings.longest_wait);
    ask_order(api.context, req, std::move(ask), timeout, [me = *this, card](std::variant<order_reply, failure> answer) {
      const auto outcome = outcome_of(std::move(answer));
      if (const auto* wrong = std::get_if<problem>(&outcome)) return me.refuse(*wrong);
      me.answer(*std::get<order_reply>(outcome).now, card);
    });
  }

  void answer(const order& now, const stored_method& card) const {
    switch (now.status) {
      case order_status::paid:
      case order_status::shipped:
      case order_status::delivered: return to(reply_of_order(200, payment_json(now, card, command.customer), now));
      case order_status::payment_processing: return to(in_progress_reply(now));
      case order_status::cancelled: return refuse(problem_of(refusal::order_must_not_be_cancelled));
      case order_status::pending: break;
    }
    if (now.reason == pending_reason::awaiting_checkout) return refuse(out_of_stock());
    if (now.reason == pending_reason::awaiting_stock || now.attempts.empty()) return to(in_progress_reply(now));
    refuse(declined(now.attempts.back().reason));
  }

  static problem declined(const std::string& reason) {
    problem made;
    made.status = 402;
    made.word = reason.empty() ? "payment_declined" : reason;
    made.detail = "The payment was declined due to " + decline_cause(reason) + "; pay again with another method.";
    return made;
  }
};

}  // namespace

void post_payment(dialect& api, const request& req, const responder& to) {
  auto decoded = decode_payment(req.body);
  if (const auto* wrong = std::get_if<problem>(&decoded)) return to(problem_reply(*wrong, req.id));
  auto& command = std::get<payment_body>(decoded);
  if (const auto wrong = check_caller(req, command.customer)) return to(problem_reply(*wrong, req.id));
  paying{api, req, to, std::move(command)}.look();
}

}  // namespace orderflow::orderflow_api
