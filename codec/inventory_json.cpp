#include "codec/inventory_json.hpp"

#include "codec/event_form.hpp"

namespace orderflow {

stored_event encode(const inventory_event& event, timestamp at) { return encode_event(event, at); }

inventory_event decode_inventory_event(const stored_event& stored) {
  return decode_event<inventory_event>(stored, "inventory event", "");
}

stored_event encode(const catalogue_event& event, timestamp at) { return encode_event(event, at); }

catalogue_event decode_catalogue_event(const stored_event& stored) {
  return decode_event<catalogue_event>(stored, "catalogue event", "");
}

}  // namespace orderflow
