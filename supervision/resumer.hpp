// After a start: wakes the orders that owe effects, a bounded number at a time, then ends.
#pragma once

#include <atomic>

#include "actors/services.hpp"

namespace orderflow {

class resumer : public caf::event_based_actor {
 public:
  resumer(caf::actor_config& config, services_ptr with, std::shared_ptr<std::atomic<bool>> done);

  caf::behavior make_behavior() override;

 private:
  void read_page();
  void wake_more();
  void one_is_up();

  services_ptr services_;
  std::shared_ptr<std::atomic<bool>> done_;
  std::vector<due_order> page_;
  size_t next_ = 0;
  size_t under_way_ = 0;
  uint64_t total_ = 0;
  std::optional<due_order> last_;
  bool all_read_ = false;
};

}  // namespace orderflow
