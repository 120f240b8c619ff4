// Whose account a request is about, and what the account answered: the same for every route that names a customer in its path
// or body.
#pragma once

#include "http/api/common/handler_context.hpp"

namespace orderflow {

/// The account of `user`, if the principal may act for it: a customer only for itself, others for any customer of their tenant.
/// Nothing: as if there were no such customer (404). Also where `user` is no id at all.
[[nodiscard]] std::optional<account_key> account_for(const principal& who, std::string_view user);

/// 404.
[[nodiscard]] problem user_not_found();

/// Folds failures and refusals into problems; `done` and `repeated` pass.
using account_or_problem = std::variant<std::shared_ptr<const account>, problem>;
[[nodiscard]] account_or_problem outcome_of(std::variant<account_reply, failure> answered);

/// Commands the account, with the request's Idempotency-Key; `part`: the product of its cart that the command is about.
void command_account(handler_context& context, const request& req, const account_key& who, account_command command,
                     std::function<void(account_or_problem)> done, std::string_view part = {});
void look_at_account(handler_context& context, const account_key& who, std::function<void(account_or_problem)> done);

}  // namespace orderflow
