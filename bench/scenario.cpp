#include "bench/scenario.hpp"

#include <array>
#include <charconv>
#include <stdexcept>

#include "bench/mixed_scenario.hpp"
#include "bench/order_scenario.hpp"
#include "bench/shop_scenario.hpp"

namespace orderflow::bench {
namespace {

struct named_kind {
  scenario_kind kind;
  const char* name;
};

constexpr std::array kinds{named_kind{scenario_kind::paid, "paid"},
                           named_kind{scenario_kind::accepted, "accepted"},
                           named_kind{scenario_kind::create, "create"},
                           named_kind{scenario_kind::mixed, "mixed"},
                           named_kind{scenario_kind::d0, "d0"},
                           named_kind{scenario_kind::hot, "hot"},
                           named_kind{scenario_kind::slow_gateway, "slow-gateway"},
                           named_kind{scenario_kind::overload, "overload"},
                           named_kind{scenario_kind::restart, "restart"}};

}  // namespace

std::unique_ptr<scenario> make_scenario(const scenario_options& options) {
  switch (options.kind) {
    case scenario_kind::mixed: return std::make_unique<mixed_scenario>(options);
    case scenario_kind::d0: return std::make_unique<shop_scenario>(options);
    case scenario_kind::paid:
    case scenario_kind::accepted:
    case scenario_kind::create:
    case scenario_kind::hot:
    case scenario_kind::slow_gateway:
    case scenario_kind::overload:
    case scenario_kind::restart: break;
  }
  return std::make_unique<order_scenario>(options);
}

const char* name_of(scenario_kind kind) {
  for (const auto& each : kinds)
    if (each.kind == kind) return each.name;
  return "";
}

std::vector<std::string> scenario_names() {
  std::vector<std::string> names;
  for (const auto& each : kinds) names.emplace_back(each.name);
  return names;
}

scenario_kind scenario_named(const std::string& word) {
  for (const auto& each : kinds)
    if (word == each.name) return each.kind;
  throw std::runtime_error{"there is no scenario '" + word + "'"};
}

// The order's id is the first member of the reply.
int64_t order_id_of(std::string_view body) {
  constexpr std::string_view name = "\"id\":";
  const size_t at = body.find(name);
  int64_t id = 0;
  if (at != std::string_view::npos) {
    const char* digits = body.data() + at + name.size();
    while (digits < body.data() + body.size() && *digits == ' ') ++digits;
    std::from_chars(digits, body.data() + body.size(), id);
  }
  if (id == 0) throw std::runtime_error{"a reply without an order id: " + std::string{body.substr(0, 200)}};
  return id;
}

// Its status is the first member of that name.
bool has_status(std::string_view body, std::string_view word) {
  const size_t at = body.find("\"status\":");
  if (at == std::string_view::npos) return false;
  return body.substr(at + 9, word.size() + 3).find('"' + std::string{word} + '"') != std::string_view::npos;
}

bool is_refusal(const framed_reply& reply) { return reply.status == 429 || reply.status == 503; }

meaning meaning_of_refusal(const framed_reply& reply) {
  const bool told = reply.body.find("outcome-unknown") != std::string_view::npos ||
                    reply.body.find("may have taken place") != std::string_view::npos;  // D0 has no word for it.
  return told ? meaning::unknown : meaning::refused;
}

void throw_unexpected(const framed_reply& reply) {
  throw std::runtime_error{"answered with " + std::to_string(reply.status) + ": " + std::string{reply.body.substr(0, 500)}};
}

}  // namespace orderflow::bench
