// Gives a tenant its number when it is first seen, and starts its warehouse and its catalogue. Those that were there at the start
// the guardian has started already. Whoever crashes among them ends the process, as the guardian watches them all.
#pragma once

#include <map>

#include "actors/services.hpp"

namespace orderflow {

class tenants_state {
 public:
  static inline const char* name = "orderflow.tenants";

  /// `start`: starts the tenant's actors and adds it to the directory.
  tenants_state(tenants_actor::pointer self, services_ptr with, std::function<void(const tenant_row&)> start);

  tenants_actor::behavior_type make_behavior();

 private:
  caf::result<int64_t> open(const std::string& tenant);
  caf::result<void> find(int64_t number);
  void numbered(const std::string& tenant, int64_t number);

  tenants_actor::pointer self_;
  services_ptr services_;
  std::function<void(const tenant_row&)> start_;
  std::map<std::string, std::vector<caf::typed_response_promise<int64_t>>> waiting_;  ///< For the number of a tenant.
};

}  // namespace orderflow
