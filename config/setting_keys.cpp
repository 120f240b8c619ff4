// The table of configuration keys: a line here is all that a new setting needs besides its member and its reader.
#include <array>

#include "config/setting_values.hpp"
#include "config/settings.hpp"

namespace orderflow {

namespace {

using setting_values::bounds;

constexpr uint64_t ten_years = 315'360'000'000;
constexpr uint64_t one_day = 86'400'000;
constexpr uint64_t one_mib = 1U << 20;
constexpr uint64_t one_gib = 1U << 30;

constexpr std::string_view duration_form = "duration";
constexpr std::string_view size_form = "size";
constexpr std::string_view count_form = "whole number";
constexpr std::string_view truth_form = "true or false";

/// `Member`: a lambda from settings to the member; it has no state, so it can be made again inside the function pointers.
template <uint64_t Least, uint64_t Most, class Member>
constexpr setting_key bounded(std::string_view name, std::string_view form, bool bare, std::string_view meaning, Member) {
  return {name,
          meaning,
          form,
          [](settings& into, std::string_view text) {
            return setting_values::read(Member{}(into), text, bounds{Least, Most});
          },
          [](const settings& from) { return setting_values::print(Member{}(from)); },
          bare};
}

template <uint64_t Least, uint64_t Most, class Member>
constexpr setting_key duration(std::string_view name, std::string_view meaning, Member member) {
  return bounded<Least, Most>(name, duration_form, false, meaning, member);
}

template <uint64_t Least, uint64_t Most, class Member>
constexpr setting_key count(std::string_view name, std::string_view meaning, Member member) {
  return bounded<Least, Most>(name, count_form, true, meaning, member);
}

template <uint64_t Least, uint64_t Most, class Member>
constexpr setting_key size(std::string_view name, std::string_view meaning, Member member) {
  return bounded<Least, Most>(name, size_form, false, meaning, member);
}

template <class Member>
constexpr setting_key word(std::string_view name, std::string_view form, std::string_view meaning, Member, bool bare = false) {
  return {name,
          meaning,
          form,
          [](settings& into, std::string_view text) { return setting_values::read(Member{}(into), text); },
          [](const settings& from) { return setting_values::print(Member{}(from)); },
          bare};
}

template <class Member>
constexpr setting_key address(std::string_view name, std::string_view meaning, Member) {
  return {name, meaning, "http://… or https://…",
          [](settings& into, std::string_view text) { return setting_values::read_url(Member{}(into), text); },
          [](const settings& from) { return Member{}(from); }};
}

/// Of a bearer token. The file is read at start; its content is shown nowhere.
template <class Member>
constexpr setting_key token_file(std::string_view name, Member) {
  return {name, "File with the bearer token that this service is sent, readable by its owner only. Empty: none is sent.", "path",
          [](settings& into, std::string_view text) { return setting_values::read_optional_path(Member{}(into), text); },
          [](const settings& from) { return Member{}(from); }};
}

// A generic lambda, because the same one serves reading (settings&) and printing (const settings&).
#define MEMBER(path) \
  [](auto& s) -> auto& { return s.path; }

constexpr setting_key data_key{
    "data", "Directory of everything that is kept: the default journal, the keys, the sandbox. Made when absent.", "path",
    [](settings& into, std::string_view text) { return setting_values::read_path(into.data, text); },
    [](const settings& from) { return from.data; }};

constexpr setting_key journal_key{
    "journal", "Where orders are kept. Empty: SQLite, the file orderflow.db in the data directory.",
    "sqlite:PATH or postgresql://…",
    [](settings& into, std::string_view text) { return setting_values::read_journal(into.journal, text); },
    [](const settings& from) { return setting_values::print_journal(from.journal); }};

constexpr setting_key shop_currency_key{
    "currency.shop", "Currency of the shop's orders; its document names none.", "ISO 4217 code",
    [](settings& into, std::string_view text) { return setting_values::read_currency(into.currency.shop, text); },
    [](const settings& from) { return from.currency.shop; }};

constexpr setting_key cart_workflow_currency_key{
    "currency.cart_workflow", "Currency of every cart; products priced in another cannot be put in.", "ISO 4217 code",
    [](settings& into, std::string_view text) { return setting_values::read_currency(into.currency.cart_workflow, text); },
    [](const settings& from) { return from.currency.cart_workflow; }};

constexpr setting_key orders_v1_currency_key{
    "currency.orders_v1", "Currency of an order of DD-ORDER-001 that names none.", "ISO 4217 code",
    [](settings& into, std::string_view text) { return setting_values::read_currency(into.currency.orders_v1, text); },
    [](const settings& from) { return from.currency.orders_v1; }};

constexpr setting_key orderflow_api_currency_key{
    "currency.orderflow_api", "Currency of an order of OrderFlowAPI that names none.", "ISO 4217 code",
    [](settings& into, std::string_view text) { return setting_values::read_currency(into.currency.orderflow_api, text); },
    [](const settings& from) { return from.currency.orderflow_api; }};

constexpr setting_key tax_mode_key{
    "tax.mode", "How the tax of orders of OrderFlowAPI is reckoned: a share of the total, contained in the prices, or on top.",
    "none, of_total, included or added",
    [](settings& into, std::string_view text) { return setting_values::read_tax_mode(into.tax.mode, text); },
    [](const settings& from) { return from.tax.mode; }};

constexpr setting_key tax_rate_key{
    "tax.rate", "The rate of that tax; 0.18 is 18 %.", "share from 0 to 1",
    [](settings& into, std::string_view text) { return setting_values::read_rate(into.tax.rate_ppm, text); },
    [](const settings& from) { return setting_values::print_rate(from.tax.rate_ppm); }};

constexpr std::array keys{
    word("listen", "address", "Address for HTTP; port 0 takes any free one.", MEMBER(listen)),
    data_key,
    journal_key,
    word("dev", truth_form, "Relaxations for development, as one bundle; refused on an address that is not loopback.",
         MEMBER(dev), true),

    word("log.level", "debug, info, warn, error or off", "Least severe line that is written to stderr.", MEMBER(log.level)),
    word("log.format", "text or json",
         "Form of the lines on stderr; json is one object a line, with a member per field. A line that repeats itself is written "
         "five times and then ever more rarely, up to once a minute, with `suppressed`: how many were left out.",
         MEMBER(log.format)),

    count<0, 1024>("runtime.threads", "Threads that run the actors; 0: one less than there are cores, at least one.",
                   MEMBER(runtime.threads)),
    word("runtime.batch_scheduling", truth_form,
         "A woken thread does not interrupt who runs (SCHED_BATCH). Only where nothing else needs the cores: see "
         "docs/performance.md.",
         MEMBER(runtime.batch_scheduling), true),

    size<1024, 1024 * 1024>("http.max_head", "Request line and headers; above it 431.", MEMBER(http.max_head)),
    size<1024, one_gib>("http.max_body", "Body of a request where its route says nothing else; above it 413.",
                        MEMBER(http.max_body)),
    count<1, 1'000'000>("http.max_connections", "Open connections; a further one is told 503 and closed.",
                        MEMBER(http.max_connections)),
    size<8 * one_mib, 1024 * one_gib>(
        "http.max_unsent",
        "Bytes of replies that wait for their clients, over all connections; above it those that wait longest are cut.",
        MEMBER(http.max_unsent)),
    size<one_mib, 1024 * one_gib>("http.max_incomplete",
                                  "Bytes of requests that are not answered yet, over all connections; above it those that arrive "
                                  "slowest are told 503. At least twice "
                                  "http.max_body.",
                                  MEMBER(http.max_incomplete)),
    count<1, 1'000'000>("http.max_handshakes", "TLS handshakes at once; a further one ends that which began first.",
                        MEMBER(http.max_handshakes)),
    duration<100, one_day>("http.head_timeout", "For a request's headers to arrive.", MEMBER(http.head_timeout)),
    duration<100, one_day>("http.body_timeout", "For a request's body to arrive.", MEMBER(http.body_timeout)),
    duration<100, one_day>("http.idle_timeout", "An idle connection is closed after it.", MEMBER(http.idle_timeout)),
    duration<100, one_day>("http.write_timeout", "For a reply to be taken by the client.", MEMBER(http.write_timeout)),
    count<1, 10'000'000>("http.max_in_flight",
                         "Requests that the actors have not answered yet; above it new orders are told 503.",
                         MEMBER(http.max_in_flight)),
    duration<1, one_day>("http.max_queue_delay",
                         "Wait of the oldest append in the journal's queue; above it new orders are told 503, once a 64th of "
                         "http.max_in_flight waits.",
                         MEMBER(http.max_queue_delay)),
    count<0, 10'000'000>("http.max_waiters",
                         "Requests that wait for an order to settle; above it the present state is answered at once.",
                         MEMBER(http.max_waiters)),
    count<1, 10'000'000>("http.max_unsettled_payments",
                         "Charges and refunds without a definite answer; above it new orders are told 503.",
                         MEMBER(http.max_unsettled_payments)),
    duration<0, one_day>(
        "http.drain_grace",
        "At a stop, requests are still taken for so long while /readyz says 503, so that balancers turn away first.",
        MEMBER(http.drain_grace)),
    duration<0, one_day>("http.wait", "How long calls that answer after the payment wait for it, where the request does not say.",
                         MEMBER(http.wait)),
    duration<0, one_day>("http.longest_wait", "The longest that a request may ask for with `Prefer: wait`.",
                         MEMBER(http.longest_wait)),

    count<0, 1'000'000>("http.principal_rate",
                        "Requests a second of one token's principal, in the long run; above it 429. 0: no limit.",
                        MEMBER(http.principal_rate)),
    count<1, 10'000'000>("http.principal_burst", "Requests that such a principal may have at once.",
                         MEMBER(http.principal_burst)),
    count<0, 1'000'000>("http.address_rate",
                        "Requests a second of one address (IPv6: of its /64); above it 429. 0: no limit, as behind a proxy.",
                        MEMBER(http.address_rate)),
    count<1, 10'000'000>("http.address_burst", "Requests that an address may have at once.", MEMBER(http.address_burst)),

    duration<1, ten_years>("timers.payment_reminder", "After placing, the customer is reminded to pay, once.",
                           MEMBER(timers.payment_reminder)),
    duration<1, ten_years>("timers.payment_alert", "After placing, the order-timeout alert is raised, once.",
                           MEMBER(timers.payment_alert)),
    duration<1, ten_years>("timers.payment_due", "After placing, an order that is not paid expires.", MEMBER(timers.payment_due)),
    duration<1, ten_years>("timers.stock_confirm", "After placing, an answer of the inventory is overdue: alert, once.",
                           MEMBER(timers.stock_confirm)),
    duration<1, ten_years>("timers.cart_expiry", "After its last change, an open cart expires.", MEMBER(timers.cart_expiry)),
    duration<1, ten_years>("timers.shipping_overdue", "After payment, an order that is not shipped raises an alert, once.",
                           MEMBER(timers.shipping_overdue)),
    duration<1'000, one_day>("timers.window", "How far ahead deadlines are kept in memory.", MEMBER(timers.window)),

    duration<1, one_day>("orders.passivate_after", "An order that is idle for so long leaves memory.",
                         MEMBER(orders.passivate_after)),
    count<0, 1'000>("orders.max_restarts", "Failures of one order within the window before it is held back for an operator.",
                    MEMBER(orders.max_restarts)),
    duration<1, one_day>("orders.restart_window", "The window in which failures of an order are counted.",
                         MEMBER(orders.restart_window)),
    duration<1, one_day>("orders.restart_pause", "Pause before the first restart of an order; doubles with each further one.",
                         MEMBER(orders.restart_pause)),
    count<1, 100'000>("orders.max_waiters", "Requests that wait for the same order to settle.", MEMBER(orders.max_waiters)),
    count<1, 1'000'000>("orders.resumes_at_once", "Orders resumed at the same time after a start.",
                        MEMBER(orders.resumes_at_once)),
    count<1, 1'000'000>("orders.ids_per_block",
                        "Order numbers that a shard reserves at a time; the rest of a block is lost in a crash.",
                        MEMBER(orders.ids_per_block)),

    duration<1, one_day>("payment.timeout", "Without an answer of the gateway by then, the outcome is unknown and asked for.",
                         MEMBER(payment.timeout)),
    count<1, 1'000'000>("payment.max_in_flight", "Calls to the gateway at the same time.", MEMBER(payment.max_in_flight)),
    count<1, 1'000'000>("payment.max_queries_in_flight",
                        "Besides them, calls made again because the first had no definite answer.",
                        MEMBER(payment.max_queries_in_flight)),
    duration<1, one_day>("payment.retry_first", "Pause before a call to the gateway is repeated; grows with each try.",
                         MEMBER(payment.retry_first)),
    duration<1, one_day>("payment.retry_most", "The longest such pause.", MEMBER(payment.retry_most)),
    word("payment.gateway", "sandbox or http", "Where payments are made: the built-in sandbox, or a service at payment.url.",
         MEMBER(payment.gateway)),
    address("payment.url", "The payment service, without /api/v1/payments; see docs/remote.md.", MEMBER(payment.url)),
    token_file("payment.token_file", MEMBER(payment.token_file)),
    word("payment.remote_idempotent", truth_form,
         "The payment service promises that a call repeated with its Idempotency-Key has one effect. Without it a charge whose "
         "outcome nobody knows is never sent again: a person settles it.",
         MEMBER(payment.remote_idempotent), true),

    word("notification.gateway", "sandbox or http", "Where messages go: the built-in mailbox, or a service at notification.url.",
         MEMBER(notification.gateway)),
    address("notification.url", "The notification service, without /api/v1/notifications; see docs/remote.md.",
            MEMBER(notification.url)),
    token_file("notification.token_file", MEMBER(notification.token_file)),
    duration<1, one_day>("notification.timeout", "For the notification service to take a message.", MEMBER(notification.timeout)),
    count<1, 1'000'000'000>("notification.per_hour", "Messages that one principal may ask for in an hour; above it 429.",
                            MEMBER(notification.per_hour)),
    duration<1, one_day>("notification.retry_first", "Pause before a message that was asked for is delivered again; doubles.",
                         MEMBER(notification.retry_first)),
    duration<1, one_day>("notification.retry_most", "The longest such pause.", MEMBER(notification.retry_most)),
    duration<1, ten_years>("notification.give_up_after",
                           "A message that could not be delivered for so long is given up, with an error in the log.",
                           MEMBER(notification.give_up_after)),

    word("cart.gateway", "built-in or http", "Whose carts are placed: our own, or those of a service at cart.url.",
         MEMBER(cart.gateway)),
    address("cart.url", "The cart service, without /api/cart; see docs/remote.md.", MEMBER(cart.url)),
    token_file("cart.token_file", MEMBER(cart.token_file)),
    duration<1, one_day>("cart.timeout", "For the cart service to answer.", MEMBER(cart.timeout)),

    word("catalogue.unknown_products", "accept or refuse",
         "A line whose product the catalogue does not know but that carries its own price (only from merchants and services).",
         MEMBER(catalogue.unknown_products)),
    shop_currency_key,
    orderflow_api_currency_key,
    cart_workflow_currency_key,
    orders_v1_currency_key,
    tax_mode_key,
    tax_rate_key,
};

#undef MEMBER

}  // namespace

std::span<const setting_key> setting_keys() { return keys; }

}  // namespace orderflow
