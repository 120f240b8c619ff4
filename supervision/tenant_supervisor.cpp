#include "supervision/tenant_supervisor.hpp"

#include "base/log.hpp"

namespace orderflow {

tenants_state::tenants_state(tenants_actor::pointer self, services_ptr with, std::function<void(const tenant_row&)> start)
    : self_(self), services_(std::move(with)), start_(std::move(start)) {}

tenants_actor::behavior_type tenants_state::make_behavior() {
  return {[this](tenant_atom, const std::string& tenant) { return open(tenant); },
          [this](tenant_atom, int64_t number) { return find(number); }};
}

caf::result<int64_t> tenants_state::open(const std::string& tenant) {
  if (const auto* known = services_->directory->find(tenant)) return known->number;
  auto to = self_->make_response_promise<int64_t>();
  auto& waiting = waiting_[tenant];
  waiting.push_back(to);
  if (waiting.size() > 1) return to;
  self_->request(services_->journal, caf::infinite, tenant_atom_v, tenant)
      .then([this, tenant](int64_t number) { numbered(tenant, number); },
            [this, tenant](const caf::error& why) {
              auto lost = waiting_.extract(tenant);
              for (auto& one : lost.mapped()) one.deliver(why);
            });
  return to;
}

void tenants_state::numbered(const std::string& tenant, int64_t number) {
  if (services_->directory->find(tenant) == nullptr) {
    start_({number, tenant});
    log_info("tenant-started", {{"number", number}, {"tenant", tenant}});
  }
  auto found = waiting_.extract(tenant);
  for (auto& one : found.mapped()) one.deliver(number);
}

caf::result<void> tenants_state::find(int64_t number) {
  auto to = self_->make_response_promise<void>();
  auto found = std::make_shared<std::vector<tenant_row>>();
  self_->request(services_->lookups, caf::infinite, read_task{[found](reader& from) { *found = from.tenants(); }})
      .then(
          [this, found, number, to]() mutable {
            for (const auto& row : *found)
              if (services_->directory->find(row.number) == nullptr) start_(row);
            if (services_->directory->find(number)) return to.deliver();
            to.deliver(to_error(errc::quarantined, "there is no tenant of number " + std::to_string(number)));
          },
          [to](caf::error& why) mutable { to.deliver(std::move(why)); });
  return to;
}

}  // namespace orderflow
