// Ids of every type that travels in a message, in one block. Names are added at the end: ids are positions.
#pragma once

#include <caf/all.hpp>

#include "messages/values.hpp"

namespace orderflow {

/// For CAF's error type: failures travel as their number.
template <class Inspector>
bool inspect(Inspector& f, errc& x) {
  auto get = [&x] { return static_cast<uint8_t>(x); };
  auto set = [&x](uint8_t value) {
    x = static_cast<errc>(value);
    return true;
  };
  return f.apply(get, set);
}

}  // namespace orderflow

CAF_BEGIN_TYPE_ID_BLOCK(orderflow, first_custom_type_id)
  // Local only: they carry shared state or callbacks, and never leave the process.
  CAF_ADD_TYPE_ID(orderflow, (orderflow::order_request))
  CAF_ADD_TYPE_ID(orderflow, (orderflow::create_request))
  CAF_ADD_TYPE_ID(orderflow, (orderflow::order_reply))
  CAF_ADD_TYPE_ID(orderflow, (orderflow::stock_request))
  CAF_ADD_TYPE_ID(orderflow, (orderflow::stock_reply))
  CAF_ADD_TYPE_ID(orderflow, (orderflow::append_request))
  CAF_ADD_TYPE_ID(orderflow, (orderflow::append_outcome))
  CAF_ADD_TYPE_ID(orderflow, (orderflow::opened_stream))
  CAF_ADD_TYPE_ID(orderflow, (orderflow::stream_key))
  CAF_ADD_TYPE_ID(orderflow, (orderflow::follower_write))
  CAF_ADD_TYPE_ID(orderflow, (orderflow::id_block))
  CAF_ADD_TYPE_ID(orderflow, (orderflow::order_id))
  CAF_ADD_TYPE_ID(orderflow, (orderflow::charge_order))
  CAF_ADD_TYPE_ID(orderflow, (orderflow::refund_money))
  CAF_ADD_TYPE_ID(orderflow, (orderflow::end_refund))
  CAF_ADD_TYPE_ID(orderflow, (orderflow::book_shipment))
  CAF_ADD_TYPE_ID(orderflow, (orderflow::effect_progress))
  CAF_ADD_TYPE_ID(orderflow, (orderflow::charge_answer))
  CAF_ADD_TYPE_ID(orderflow, (orderflow::refund_answer))
  CAF_ADD_TYPE_ID(orderflow, (orderflow::booking_answer))
  CAF_ADD_TYPE_ID(orderflow, (orderflow::order_report))
  CAF_ADD_TYPE_ID(orderflow, (orderflow::deadline_due))
  CAF_ADD_TYPE_ID(orderflow, (orderflow::assigned_id))
  CAF_ADD_TYPE_ID(orderflow, (orderflow::stock_level))
  CAF_ADD_TYPE_ID(orderflow, (orderflow::product_id))
  CAF_ADD_TYPE_ID(orderflow, (orderflow::errc))
  CAF_ADD_TYPE_ID(orderflow, (orderflow::committed_event))
  CAF_ADD_TYPE_ID(orderflow, (orderflow::armed_deadline))
  CAF_ADD_TYPE_ID(orderflow, (orderflow::read_task))
  CAF_ADD_TYPE_ID(orderflow, (orderflow::catalogue_snapshot))
  CAF_ADD_TYPE_ID(orderflow, (orderflow::product_request))
  CAF_ADD_TYPE_ID(orderflow, (orderflow::exchange))
  CAF_ADD_TYPE_ID(orderflow, (orderflow::quarantine_note))
  CAF_ADD_TYPE_ID(orderflow, (std::vector<orderflow::quarantine_note>))
  CAF_ADD_TYPE_ID(orderflow, (orderflow::requested_message))
  CAF_ADD_TYPE_ID(orderflow, (orderflow::account_request))
  CAF_ADD_TYPE_ID(orderflow, (orderflow::account_reply))
  CAF_ADD_TYPE_ID(orderflow, (orderflow::account_key))
  CAF_ADD_TYPE_ID(orderflow, (orderflow::message_reply))
  CAF_ADD_TYPE_ID(orderflow, (orderflow::card_to_store))
  CAF_ADD_TYPE_ID(orderflow, (orderflow::card_answer))
  CAF_ADD_TYPE_ID(orderflow, (orderflow::method_question))
  CAF_ADD_TYPE_ID(orderflow, (orderflow::refund_question))
  // Atoms.
  CAF_ADD_ATOM(orderflow, orderflow, commit_atom)     // journal: the batch may begin
  CAF_ADD_ATOM(orderflow, orderflow, opening_atom)    // journal: load a stream
  CAF_ADD_ATOM(orderflow, orderflow, closing_atom)    // journal: forget a stream
  CAF_ADD_ATOM(orderflow, orderflow, resume_atom)     // order: do what is owed
  CAF_ADD_ATOM(orderflow, orderflow, passivate_atom)  // order: leave memory if idle
  CAF_ADD_ATOM(orderflow, orderflow, busy_atom)       // supervisor: the child stays
  CAF_ADD_ATOM(orderflow, orderflow, sweep_atom)      // periodic work
  CAF_ADD_ATOM(orderflow, orderflow, redrive_atom)    // supervisor: try a quarantined order again
  CAF_ADD_ATOM(orderflow, orderflow, reopen_atom)     // shell: load again after a pause
  CAF_ADD_ATOM(orderflow, orderflow, due_atom)        // messages: something may be due
  CAF_ADD_TYPE_ID(orderflow, (orderflow::cart_call))
  CAF_ADD_TYPE_ID(orderflow, (orderflow::fetched_cart))
  CAF_ADD_TYPE_ID(orderflow, (orderflow::charge_question))
  CAF_ADD_ATOM(orderflow, orderflow, tenant_atom)  // journal, tenants: the number of a tenant
  CAF_ADD_TYPE_ID(orderflow, (std::vector<orderflow::effect_progress>))
  CAF_ADD_TYPE_ID(orderflow, (orderflow::product_reply))
CAF_END_TYPE_ID_BLOCK(orderflow)

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orderflow::order_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orderflow::create_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orderflow::order_reply)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orderflow::stock_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orderflow::stock_reply)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orderflow::append_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orderflow::append_outcome)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orderflow::opened_stream)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orderflow::stream_key)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orderflow::follower_write)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orderflow::id_block)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orderflow::order_id)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orderflow::charge_order)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orderflow::refund_money)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orderflow::end_refund)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orderflow::book_shipment)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orderflow::effect_progress)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(std::vector<orderflow::effect_progress>)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orderflow::charge_answer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orderflow::refund_answer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orderflow::booking_answer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orderflow::order_report)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orderflow::deadline_due)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orderflow::assigned_id)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orderflow::stock_level)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orderflow::product_id)
CAF_ERROR_CODE_ENUM(orderflow::errc)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orderflow::committed_event)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orderflow::requested_message)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orderflow::message_reply)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orderflow::armed_deadline)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orderflow::read_task)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orderflow::catalogue_snapshot)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orderflow::product_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orderflow::product_reply)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orderflow::exchange)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orderflow::quarantine_note)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(std::vector<orderflow::quarantine_note>)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orderflow::account_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orderflow::account_reply)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orderflow::account_key)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orderflow::card_to_store)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orderflow::card_answer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orderflow::method_question)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orderflow::refund_question)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orderflow::charge_question)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orderflow::cart_call)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orderflow::fetched_cart)
