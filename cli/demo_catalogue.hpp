// The products of the customer's documents, so that every example in them works as printed.
#pragma once

#include "actors/services.hpp"

namespace orderflow {

/// Puts in what is not there yet: products, and stock for those that never had any. Blocks. Throws std::runtime_error.
void put_demo_catalogue(caf::actor_system& sys, const services_ptr& running);

}  // namespace orderflow
