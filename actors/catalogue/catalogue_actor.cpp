#include "actors/catalogue/catalogue_actor.hpp"

#include "codec/inventory_json.hpp"

namespace orderflow {

catalogue_actor_state::catalogue_actor_state(catalogue_actor::pointer self, services_ptr with, stream_key stream)
    : shell(self, std::move(with), stream) {
  reload();
}

catalogue_actor::behavior_type catalogue_actor_state::make_behavior() {
  return {[this](product_request& request) { return put(request); }, [this](caf::get_atom) { return get(); }};
}

caf::result<product_reply> catalogue_actor_state::put(product_request& request) {
  auto to = self_->make_response_promise<product_reply>();
  auto kept = when_loaded([this, request, to] { request.key ? check_key(request, to) : carry_out(request, to); });
  if (!kept) to.deliver(to_error(errc::reloading, "the catalogue is being loaded"));
  return to;
}

/// A late repeat must not put an old price back.
void catalogue_actor_state::check_key(const product_request& request, reply_promise to) {
  look_for_keys({*request.key}, to, [this, request, to](const known_keys& known) {
    if (!known[0]) return carry_out(request, to);
    const bool is_same = known[0]->body_hash == request.key->body_hash;
    hold({to, {}, {seen(), is_same, !is_same}});
  });
}

void catalogue_actor_state::carry_out(const product_request& request, reply_promise to) {
  const auto& item = request.command.item;
  const auto known = now_.products.find(item.id);
  if (known != now_.products.end() && known->second == item)
    return request.key ? note(*request.key, {to, {}, {seen()}}) : hold({to, {}, {seen()}});
  catalogue_event event = product_put{item};
  evolve(now_, event);
  append_request made;
  made.events.push_back(encode(event, request.at));
  made.rows = catalogue_rows{{item}};
  made.key = request.key;
  append(std::move(made), {to, {}, {seen()}});
}

caf::result<catalogue_snapshot> catalogue_actor_state::get() {
  auto to = self_->make_response_promise<catalogue_snapshot>();
  auto kept = when_loaded([this, to] { hold({{}, to, {seen()}}); });
  if (!kept) to.deliver(to_error(errc::reloading, "the catalogue is being loaded"));
  return to;
}

void catalogue_actor_state::restore(opened_stream& found) {
  now_.version = found.seq;
  for (auto& item : found.products) now_.products.emplace(item.id, item);
}

void catalogue_actor_state::release(catalogue_held& held) {
  if (held.to) held.to->deliver(std::move(held.reply));
  if (held.reads) held.reads->deliver(std::move(held.reply.now));
}

void catalogue_actor_state::fail(catalogue_held& held, const append_outcome& outcome) {
  if (held.to) held.to->deliver(to_error(outcome));
  if (held.reads) held.reads->deliver(to_error(outcome));
}

}  // namespace orderflow
