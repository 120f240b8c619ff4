// Messages that clients ask for: what every dialect does with them in the same way.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "http/api/common/handler_context.hpp"

namespace orderflow {

/// 409: a message about what is not so would be a lie in our name. `why` is a sentence without its end; `may_come`: it may be so
/// later.
[[nodiscard]] problem event_has_not_happened(std::string why, bool may_come);

/// Queues it in the name of the request's principal, under its Idempotency-Key where it has one; `operation` names what it is
/// in the key's scope. Nothing: it is durable, now or since an earlier call with this key.
void queue_message(handler_context& context, const request& req, std::string_view operation, requested_message command,
                   std::function<void(std::optional<problem>)> done);

/// Nothing: the request is new as far as the store knows. Else the message that its first delivery asked for.
using earlier_message = std::variant<std::optional<message_row>, problem>;

/// Looks for the request's Idempotency-Key, if it has one: a repeat is answered before anything is asked about the order or the
/// recipient, which may have changed since the first.
void find_earlier_message(handler_context& context, const request& req, std::string_view operation,
                          std::function<void(earlier_message)> done);

}  // namespace orderflow
