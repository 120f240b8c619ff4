// What every request of a listener passes through between the wire and its handler: route, guards, admission, principal.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "http/pipeline/admission.hpp"
#include "http/pipeline/authenticator.hpp"
#include "http/pipeline/router.hpp"
#include "http/pipeline/security.hpp"

namespace orderflow {

class request_pipeline {
 public:
  /// `admission` and `auth` are shared by the listeners of a thread and outlive them. `defect` is told about handlers that threw.
  request_pipeline(listener_settings settings, std::vector<route> table, admission_control& admission, authenticator& auth,
                   std::function<void(std::string_view)> defect)
      : settings_(std::move(settings)),
        routes_(std::move(table)),
        admission_(admission),
        authenticator_(auth),
        defect_(std::move(defect)) {}

  /// Where a request goes, or the answer that needs no body: 204 to OPTIONS, 400, 401, 403, 404, 405, 412, 415, 429, 503.
  struct route_match {
    const route* to = nullptr;
    std::optional<reply> refused;
  };
  /// Needs the head alone; fills `from` and `values` of the request.
  [[nodiscard]] route_match examine(request& req);

  /// Runs the handler. One that throws answers 500.
  void pass(const route& to, const request& req, const responder& answer);

  /// What a handler's answer becomes on its way out: 304 or 412 by the request's conditions, and the words that fit a read.
  void finish(const route& from, const request& req, reply& made) const;

  [[nodiscard]] const listener_settings& settings() const { return settings_; }
  [[nodiscard]] const router& routes() const { return routes_; }

 private:
  [[nodiscard]] route_match nowhere(const router::absent& missing, const request& req) const;
  [[nodiscard]] std::optional<problem> check(const route& to, request& req);
  [[nodiscard]] std::optional<problem> check_principal(audience may, request& req);

  listener_settings settings_;
  router routes_;
  admission_control& admission_;
  authenticator& authenticator_;
  std::function<void(std::string_view)> defect_;
};

}  // namespace orderflow
