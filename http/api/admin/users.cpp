#include "http/api/admin/users.hpp"

#include "gateways/sandbox.hpp"
#include "http/api/common/account_access.hpp"
#include "http/api/common/payment_choice.hpp"
#include "http/api/common/reading.hpp"
#include "http/api/common/writing.hpp"

namespace orderflow {

namespace {

reply contact_reply(const account& kept) {
  reply made;
  json_writer out{made.body};
  out.begin_object();
  out.key("user_id").string(kept.who.user);
  write_text_or_null(out, "email", kept.reach.email);
  write_text_or_null(out, "phone", kept.reach.phone);
  write_text_or_null(out, "name", kept.reach.name);
  write_text_or_null(out, "address", kept.reach.address);
  out.end_object();
  return made;
}

/// Never the token: it can be charged.
reply method_reply(const account& kept) {
  reply made;
  json_writer out{made.body};
  out.begin_object();
  out.key("user_id").string(kept.who.user);
  write_text_or_null(out, "first_name", kept.method->first_name);
  write_text_or_null(out, "last_name", kept.method->last_name);
  write_text_or_null(out, "brand", kept.method->brand);
  write_text_or_null(out, "first_digits", kept.method->first_digits);
  write_text_or_null(out, "last_digits", kept.method->last_digits);
  out.key("expiry_month").integer(kept.method->expiry_month);
  out.key("expiry_year").integer(kept.method->expiry_year);
  out.end_object();
  return made;
}

problem no_method() {
  auto made = user_not_found();
  made.word = "payment_method_must_exist";
  made.detail = "No payment method is on file";
  return made;
}

template <class Encode>
std::function<void(account_or_problem)> answer_with(const request& req, const responder& to, Encode encode) {
  return [&req, to, encode](const account_or_problem& outcome) {
    if (const auto* wrong = std::get_if<problem>(&outcome)) return to(problem_json(*wrong, req.id));
    to(encode(*std::get<std::shared_ptr<const account>>(outcome)));
  };
}

std::variant<contact, problem> read_contact(std::string_view body) {
  auto parsed = read_object(body);
  if (auto* wrong = std::get_if<problem>(&parsed)) return std::move(*wrong);
  std::vector<field_error> errors;
  field_reader from{std::get<json_value>(parsed), {}, errors};
  from.refuse_others({"email", "phone", "name", "address"});
  contact reach;
  reach.email = from.text("email", presence::optional);
  if (!reach.email.empty() && !is_plausible_email(reach.email)) from.wrong("email", "must be an e-mail address");
  reach.phone = from.text("phone", presence::optional);
  reach.name = from.text("name", presence::optional);
  reach.address = from.text("address", presence::optional);
  if (!errors.empty()) return invalid(std::move(errors));
  return reach;
}

/// A card under `card`, or a test method of the sandbox's under `payment_method`.
std::variant<payment_choice, problem> read_method(std::string_view body) {
  auto parsed = read_object(body);
  if (auto* wrong = std::get_if<problem>(&parsed)) return std::move(*wrong);
  const auto& object = std::get<json_value>(parsed);
  std::vector<field_error> errors;
  field_reader from{object, {}, errors};
  from.refuse_others({"card", "payment_method"});
  payment_choice choice;
  choice.method = from.text("payment_method", presence::optional);
  if (from.has("card")) {
    choice.card = read_card(*object.find("card"), "/card", errors);
    if (!choice.method.empty()) from.wrong("payment_method", "must be left out where a card is given");
  } else if (!is_sandbox_token(choice.method)) {
    from.wrong(choice.method.empty() ? "card" : "payment_method",
               choice.method.empty() ? "is required" : "is not a payment method that is known here");
  }
  if (!errors.empty()) return invalid(std::move(errors));
  return choice;
}

void get_contact(handler_context& context, const request& req, const responder& to) {
  const auto who = account_for(req.from, req.values[0]);
  if (!who) return to(problem_json(user_not_found(), req.id));
  look_at_account(context, *who, answer_with(req, to, contact_reply));
}

void put_contact_of(handler_context& context, const request& req, const responder& to) {
  const auto who = account_for(req.from, req.values[0]);
  if (!who) return to(problem_json(user_not_found(), req.id));
  auto read = read_contact(req.body);
  if (const auto* wrong = std::get_if<problem>(&read)) return to(problem_json(*wrong, req.id));
  command_account(context, req, *who, put_contact{std::move(std::get<contact>(read))}, answer_with(req, to, contact_reply));
}

void get_method(handler_context& context, const request& req, const responder& to) {
  const auto who = account_for(req.from, req.values[0]);
  if (!who) return to(problem_json(user_not_found(), req.id));
  look_at_account(context, *who, answer_with(req, to, [id = req.id](const account& kept) {
                    return kept.method ? method_reply(kept) : problem_json(no_method(), id);
                  }));
}

void put_method_of(handler_context& context, const request& req, const responder& to) {
  const auto who = account_for(req.from, req.values[0]);
  if (!who) return to(problem_json(user_not_found(), req.id));
  auto read = read_method(req.body);
  if (const auto* wrong = std::get_if<problem>(&read)) return to(problem_json(*wrong, req.id));
  choose_method(
      context, *who, std::move(std::get<payment_choice>(read)), [&context, &req, to, who = *who](const chosen_method& chosen) {
        if (const auto* wrong = std::get_if<problem>(&chosen)) return to(problem_json(*wrong, req.id));
        command_account(context, req, who, put_method{std::get<stored_method>(chosen)}, answer_with(req, to, method_reply));
      });
}

}  // namespace

std::vector<route> users_routes(handler_context& context) {
  constexpr auto everyone = audience::every_role();
  route_options ours;
  ours.dialect = dialects::ours;
  const auto bind = [&context](void (*what)(handler_context&, const request&, const responder&)) -> handler {
    return [&context, what](const request& req, const responder& to) { what(context, req, to); };
  };
  std::vector<route> table;
  table.emplace_back(verb::get, "/api/v1/users/{userId}/contact", everyone, bind(get_contact), ours);
  table.emplace_back(verb::put, "/api/v1/users/{userId}/contact", everyone, bind(put_contact_of), ours);
  table.emplace_back(verb::get, "/api/v1/users/{userId}/payment-method", everyone, bind(get_method), ours);
  table.emplace_back(verb::put, "/api/v1/users/{userId}/payment-method", everyone, bind(put_method_of), ours);
  return table;
}

}  // namespace orderflow
