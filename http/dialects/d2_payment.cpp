// The billing partner charges the customer's method on file.
#include "domain/payment/decline_reason.hpp"
#include "http/dialects/d2.hpp"
#include "http/dialects/payment_choice.hpp"

namespace orderflow {

namespace {

/// One call on its way: invoice → method on file → charge.
struct paying {
  d2_dialect& with;
  const request& asked;
  responder to;
  d2_payment wish;

  void refuse(const problem& what) const { to(d2_problem(what, asked.id)); }

  void look() const {
    look_at(with.on, asked, wish.invoice, version_to_look_at(asked), [me = *this](const order_outcome& outcome) {
      if (const auto* wrong = std::get_if<problem>(&outcome)) return me.refuse(*wrong);
      me.check(*std::get<order_reply>(outcome).now);
    });
  }

  void check(const order& now) const {
    if (const auto wrong = d2_check_owner(now, wish.customer)) return refuse(*wrong);
    if (!now.invoiced) return refuse(not_found("invoice_must_exist", "Invoice not found"));
    if (const auto wrong = d2_check_total(wish.total, now)) return refuse(*wrong);
    find_method();
  }

  /// Also where a method is named: the reply shows the card on file.
  void find_method() const {
    const account_key who{asked.from.tenant, wish.customer};
    choose_method(with.on, who, {}, [me = *this](const chosen_method& found) {
      if (const auto* wrong = std::get_if<problem>(&found)) return me.refuse(*wrong);
      me.charge(std::get<stored_method>(found));
    });
  }

  void charge(const stored_method& card) const {
    order_request ask;
    ask.order = wish.invoice;
    ask.command = order_command{pay_order{wish.method.empty() ? card.token : wish.method}, with.on.time.now()};
    const auto patience = patience_of(asked.headers.prefer, with.settings.usual_wait, with.settings.longest_wait);
    ask_order(with.on, asked, std::move(ask), patience, [me = *this, card](std::variant<order_reply, world_error> answer) {
      const auto outcome = outcome_of(std::move(answer));
      if (const auto* wrong = std::get_if<problem>(&outcome)) return me.refuse(*wrong);
      me.answer(*std::get<order_reply>(outcome).now, card);
    });
  }

  void answer(const order& now, const stored_method& card) const {
    switch (now.status) {
      case order_status::paid:
      case order_status::shipped:
      case order_status::delivered: return to(d2_order_reply(200, d2_write_payment(now, card, wish.customer), now));
      case order_status::payment_processing: return to(d2_in_progress(now));
      case order_status::cancelled: return refuse(problem_of(refusal::order_must_not_be_cancelled));
      case order_status::pending: break;
    }
    if (now.reason == pending_reason::awaiting_checkout) return refuse(d2_out_of_stock());
    if (now.reason == pending_reason::awaiting_stock || now.attempts.empty()) return to(d2_in_progress(now));
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

void d2_pay(d2_dialect& with, const request& asked, const responder& to) {
  auto decoded = d2_decode_payment(asked.body);
  if (const auto* wrong = std::get_if<problem>(&decoded)) return to(d2_problem(*wrong, asked.id));
  auto& wish = std::get<d2_payment>(decoded);
  if (const auto wrong = d2_check_caller(asked, wish.customer)) return to(d2_problem(*wrong, asked.id));
  paying{with, asked, to, std::move(wish)}.look();
}

}  // namespace orderflow
