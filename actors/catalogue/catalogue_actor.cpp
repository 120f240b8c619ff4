#include "actors/catalogue/catalogue_actor.hpp"

#include "codec/inventory_json.hpp"

namespace orderflow {

catalogue_actor_state::catalogue_actor_state(catalogue_actor::pointer self, services_ptr with, stream_key stream)
    : shell(self, std::move(with), stream) {
  reload();
}

catalogue_actor::behavior_type catalogue_actor_state::make_behavior() {
  return {[this](put_product& command) { return put(command); }, [this](caf::get_atom) { return get(); }};
}

caf::result<catalogue_snapshot> catalogue_actor_state::put(put_product& command) {
  auto to = self_->make_response_promise<catalogue_snapshot>();
  auto kept = when_loaded([this, command, to]() mutable {
    auto same = now_.products.find(command.item.id);
    if (same != now_.products.end() && same->second == command.item) return hold({to, std::make_shared<const catalogue>(now_)});
    catalogue_event event = product_put{command.item};
    evolve(now_, event);
    append_request request;
    request.events.push_back(encode(event, services_->time->now()));
    request.rows = catalogue_rows{{command.item}};
    append(std::move(request), {to, std::make_shared<const catalogue>(now_)});
  });
  if (!kept) to.deliver(to_error(errc::reloading, "the catalogue is being loaded"));
  return to;
}

caf::result<catalogue_snapshot> catalogue_actor_state::get() {
  auto to = self_->make_response_promise<catalogue_snapshot>();
  auto kept = when_loaded([this, to]() mutable { hold({to, std::make_shared<const catalogue>(now_)}); });
  if (!kept) to.deliver(to_error(errc::reloading, "the catalogue is being loaded"));
  return to;
}

void catalogue_actor_state::restore(opened_stream& found) {
  now_.version = found.seq;
  for (auto& item : found.products) now_.products.emplace(item.id, item);
}

void catalogue_actor_state::fail(catalogue_held& held, const append_outcome& outcome) { held.to.deliver(to_error(outcome)); }

}  // namespace orderflow
