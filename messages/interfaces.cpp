#include "messages/interfaces.hpp"

namespace orderflow {

caf::error to_error(errc code, std::string detail) { return caf::make_error(code, std::move(detail)); }

world_error to_world_error(const caf::error& why) {
  if (why.category() != caf::type_id_v<errc>) return {errc::outcome_unknown, caf::to_string(why)};
  std::string detail;
  if (why.context().match_elements<std::string>()) detail = why.context().get_as<std::string>(0);
  return {static_cast<errc>(why.code()), std::move(detail)};
}

}  // namespace orderflow
