// What every request of a listener passes through between the wire and its handler: route, guards, admission, principal.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "http/admission.hpp"
#include "http/gatekeeper.hpp"
#include "http/router.hpp"
#include "http/security.hpp"

namespace orderflow {

class front_door {
 public:
  /// `gate` and `keeper` are shared by the listeners of a thread and outlive them. `defect` is told about handlers that threw.
  front_door(listener_settings settings, std::vector<route> table, admission& gate, gatekeeper& keeper,
             std::function<void(std::string_view)> defect)
      : settings_(std::move(settings)), routes_(std::move(table)), gate_(gate), keeper_(keeper), defect_(std::move(defect)) {}

  /// Where a request goes, or the answer that needs no body: 204 to OPTIONS, 400, 401, 403, 404, 405, 412, 415, 429, 503.
  struct passage {
    const route* to = nullptr;
    std::optional<reply> refused;
  };
  /// Needs the head alone; fills `from` and `values` of the request.
  [[nodiscard]] passage examine(request& asked);

  /// Runs the handler. One that throws answers 500.
  void pass(const route& to, const request& asked, const responder& answer);

  /// What a handler's answer becomes on its way out: 304 or 412 by the request's conditions, and the words that fit a read.
  void finish(const route& from, const request& asked, reply& made) const;

  [[nodiscard]] const listener_settings& settings() const { return settings_; }
  [[nodiscard]] const router& routes() const { return routes_; }

 private:
  [[nodiscard]] passage nowhere(const router::absent& missing, const request& asked) const;
  [[nodiscard]] std::optional<problem> check(const route& to, request& asked);
  [[nodiscard]] std::optional<problem> check_principal(audience may, request& asked);

  listener_settings settings_;
  router routes_;
  admission& gate_;
  gatekeeper& keeper_;
  std::function<void(std::string_view)> defect_;
};

}  // namespace orderflow
