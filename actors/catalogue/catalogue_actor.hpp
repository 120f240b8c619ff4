// The catalogue: the shell around domain/catalogue. Edges keep the snapshot that it hands out.
#pragma once

#include "actors/entity/event_sourced.hpp"

namespace orderflow {

struct catalogue_held {
  caf::typed_response_promise<catalogue_snapshot> to;
  catalogue_snapshot seen;
};

class catalogue_actor_state : public event_sourced<catalogue_actor_state, catalogue_actor, catalogue, catalogue_held> {
 public:
  static inline const char* name = "orderflow.catalogue";
  static constexpr bool discard_if_never_stored = false;

  catalogue_actor_state(catalogue_actor::pointer self, services_ptr with, stream_key stream);

  catalogue_actor::behavior_type make_behavior();

  // For the shell.
  void restore(opened_stream& found);
  void resumed() {}
  void release(catalogue_held& held) { held.to.deliver(std::move(held.seen)); }
  void fail(catalogue_held& held, const append_outcome& outcome);
  void forget() {}

 private:
  using shell = event_sourced<catalogue_actor_state, catalogue_actor, catalogue, catalogue_held>;

  caf::result<catalogue_snapshot> put(put_product& command);
  caf::result<catalogue_snapshot> get();
};

}  // namespace orderflow
