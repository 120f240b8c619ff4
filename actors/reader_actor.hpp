// A thread with a connection of its own for questions to the store. Spawned detached.
#pragma once

#include "base/log.hpp"
#include "journal/store.hpp"
#include "messages/interfaces.hpp"

namespace orderflow {

struct reader_state {
  static inline const char* name = "orderflow.reader";

  reader_state(reader_actor::pointer, std::shared_ptr<reader> from) : from_(std::move(from)) {}

  reader_actor::behavior_type make_behavior() {
    return {[this](read_task& task) -> caf::result<void> {
      try {
        task.run(*from_);
        return caf::unit;
      } catch (const store_error& why) {
        return to_error(errc::store_unavailable, why.what());
      } catch (const std::exception& why) {
        // A record that cannot be read fails the question that met it, not the thread that everybody asks.
        log_error("record-not-readable", {{"because", why.what()}});
        return to_error(errc::store_unavailable, why.what());
      }
    }};
  }

 private:
  std::shared_ptr<reader> from_;
};

}  // namespace orderflow
