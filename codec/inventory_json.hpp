// Stored form of the inventory's and the catalogue's events. Stored format: add, never change. The members' names are listed in
// codec/stored_members.hpp. The decoders throw codec_error.
#pragma once

#include "codec/order_json.hpp"

namespace orderflow {

[[nodiscard]] stored_event encode(const inventory_event& event, timestamp at);
[[nodiscard]] inventory_event decode_inventory_event(const stored_event& stored);
[[nodiscard]] stored_event encode(const catalogue_event& event, timestamp at);
[[nodiscard]] catalogue_event decode_catalogue_event(const stored_event& stored);

}  // namespace orderflow
