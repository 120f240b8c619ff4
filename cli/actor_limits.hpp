// What the actors take from the settings.
#pragma once

#include "actors/services.hpp"
#include "config/settings.hpp"

namespace orderflow {

[[nodiscard]] actor_settings limits_of(const settings& with);

}  // namespace orderflow
