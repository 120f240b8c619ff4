// The catalogue: the shell around domain/catalogue. Edges keep the snapshot that it hands out.
#pragma once

#include "actors/entity/event_sourced.hpp"

namespace orderflow {

/// One of the two waits.
struct catalogue_held {
  std::optional<caf::typed_response_promise<product_reply>> to;
  std::optional<caf::typed_response_promise<catalogue_snapshot>> reads{};
  product_reply reply{};
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
  void release(catalogue_held& held);
  void fail(catalogue_held& held, const append_outcome& outcome);
  void forget() {}

 private:
  using shell = event_sourced<catalogue_actor_state, catalogue_actor, catalogue, catalogue_held>;

  using reply_promise = caf::typed_response_promise<product_reply>;

  caf::result<product_reply> put(product_request& request);
  void check_key(const product_request& request, reply_promise to);
  void carry_out(const product_request& request, reply_promise to);
  [[nodiscard]] catalogue_snapshot seen() const { return std::make_shared<const catalogue>(now_); }
  caf::result<catalogue_snapshot> get();
};

}  // namespace orderflow
