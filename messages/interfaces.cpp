#include "messages/interfaces.hpp"

namespace orderflow {

caf::error to_error(errc code, std::string detail) { return caf::make_error(code, std::move(detail)); }

caf::error to_error(const append_outcome& lost) {
  if (lost.status == append_status::unknown)
    return to_error(errc::outcome_unknown, "whether it was written is not known: " + lost.detail);
  return to_error(errc::store_unavailable, "nothing was written: " + lost.detail);
}

world_error to_world_error(const caf::error& why) {
  if (why.category() != caf::type_id_v<errc>) return {errc::outcome_unknown, caf::to_string(why)};
  std::string detail;
  if (why.context().match_elements<std::string>()) detail = why.context().get_as<std::string>(0);
  return {static_cast<errc>(why.code()), std::move(detail)};
}

}  // namespace orderflow
