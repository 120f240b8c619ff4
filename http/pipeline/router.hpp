// The table of routes: (method, path pattern) → who may, handler.
#pragma once

#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include "http/pipeline/problem.hpp"
#include "http/pipeline/request.hpp"

namespace orderflow {

/// Who may use a route. There is no default: a route whose author did not think about it does not compile.
class audience {
 public:
  /// Also without a principal: probes. The guards of security.hpp do not look at these.
  static constexpr audience anyone() { return audience{0}; }
  /// Who signed the body with a shared secret: the handler verifies it. No principal, but admission and limits hold.
  static constexpr audience signed_callback() { return audience{signature_bit}; }
  /// Whoever the body names and proves by a token and a signature in it: the handler verifies them. All guards hold.
  static constexpr audience proven_in_body() { return audience{proof_bit}; }
  static constexpr audience roles(std::initializer_list<role> allowed) {
    uint8_t bits = 0;
    for (const role each : allowed) bits = static_cast<uint8_t>(bits | bit(each));
    return audience{bits};
  }
  static constexpr audience every_role() { return roles({role::customer, role::merchant, role::service, role::operator_}); }
  static constexpr audience staff() { return roles({role::merchant, role::service, role::operator_}); }
  static constexpr audience operators() { return roles({role::operator_}); }

  [[nodiscard]] constexpr bool is_anyone() const { return bits_ == 0; }
  [[nodiscard]] constexpr bool is_signed_callback() const { return bits_ == signature_bit; }
  [[nodiscard]] constexpr bool is_proven_in_body() const { return bits_ == proof_bit; }
  [[nodiscard]] constexpr bool has(role each) const { return (bits_ & bit(each)) != 0; }

 private:
  static constexpr uint8_t signature_bit = 1;  // Below the bits of the roles, which begin at 1.
  static constexpr uint8_t proof_bit = 128;    // Above them.
  constexpr explicit audience(uint8_t bits) : bits_(bits) {}
  static constexpr uint8_t bit(role each) { return static_cast<uint8_t>(1U << static_cast<unsigned>(each)); }
  uint8_t bits_;
};

/// What is given up first when there is too much to do.
enum class load_class : uint8_t {
  create = 1,     ///< New orders: shed first, so that those accepted get done.
  ordinary = 2,   ///< Reads and commands on orders that exist.
  operation = 3,  ///< What an operator needs to see and do about the overload: shed last.
  probe = 4,      ///< Never shed.
};

/// Groups of routes that a listener can be told to serve: the documents' dialects, our own interface, the sandbox's
/// endpoints, liveness and readiness, the metrics.
namespace dialects {
inline constexpr std::string_view shop = "d0";
inline constexpr std::string_view orderflow_api = "d2";
inline constexpr std::string_view cart_workflow = "d3";
inline constexpr std::string_view orders_v1 = "d4";
inline constexpr std::string_view ours = "ours";
inline constexpr std::string_view dev = "dev";
inline constexpr std::string_view probe = "probe";
inline constexpr std::string_view metrics = "metrics";
}  // namespace dialects

struct route_options {
  load_class load = load_class::ordinary;
  size_t body_limit = 0;                               ///< Bytes; above it 413. 0: the server's limit.
  std::string_view content_type = "application/json";  ///< Demanded where a body comes on an unsafe method; empty: any.
  problem_encoder errors = &problem_json;              ///< The dialect's own form of errors.
  bool needs_store = true;                             ///< On an unsafe method: refused at once while the store is away.
  audience (*may_of)(const request&) = nullptr;        ///< In place of the route's audience, where the query decides.
  std::string_view dialect{};                          ///< A word of `dialects`: which listeners serve it.
  std::span<const std::string_view> query{};           ///< The query parameters that the handler reads; literals.
  /// The handler holds If-Match and If-None-Match against an order's version. A changing request with a condition is refused
  /// where it does not.
  bool versioned = false;
  /// What the route is called in the scopes of keys; empty: as its pattern. Two paths of one operation share a name. Stored: a
  /// pattern that changes keeps its old name here.
  std::string_view operation{};
};

/// One row. `pattern` is a literal such as "/api/v1/orders/{id}/events"; at most two {…}.
struct route {
  route(verb on, std::string_view path_pattern, audience who, handler what, route_options how = {});
  [[nodiscard]] std::string_view operation() const { return options.operation.empty() ? pattern : options.operation; }
  verb method;
  std::string_view pattern;
  audience may;
  handler handle;
  route_options options;
};

/// Finds routes. A trailing slash makes no difference, nor does the encoding of unreserved characters; GET answers HEAD.
/// Immutable once made.
class router {
 public:
  /// Asserts that no row is there twice and that no pattern has more than two {…}.
  explicit router(std::vector<route> table);
  router(const router&) = delete;
  router& operator=(const router&) = delete;

  /// The path is known, the method is not: what Allow says, and the path's own form of errors. Empty: the path is unknown.
  struct absent {
    std::string allow;
    problem_encoder errors = &problem_json;
  };
  /// `values` receives what stood at the pattern's {…}, percent-decoded.
  [[nodiscard]] std::variant<const route*, absent> find(verb method, std::string_view path,
                                                        std::array<std::string, 2>& values) const;

  /// Every method that some path has: what Allow says of the whole server.
  [[nodiscard]] std::string allow_of_all() const;

  [[nodiscard]] const std::vector<route>& table() const { return table_; }

 private:
  struct pattern_rows {
    std::vector<std::string_view> segments;
    std::vector<const route*> rows;
  };
  [[nodiscard]] const std::vector<const route*>* rows_for(std::string_view path, std::array<std::string, 2>& values) const;

  std::vector<route> table_;
  std::unordered_map<std::string_view, std::vector<const route*>> literal_;
  std::vector<pattern_rows> with_values_;
};

}  // namespace orderflow
