#include "tests/gateways/outside.hpp"

#include <stdlib.h>

#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace orderflow::testing {

scratch_directory::scratch_directory() {
  char name[] = "/tmp/orderflow-sandbox-XXXXXX";
  REQUIRE(::mkdtemp(name));
  path = name;
}

scratch_directory::~scratch_directory() { std::filesystem::remove_all(path); }

std::string read_text(const std::string& path) {
  std::ifstream in{path};
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

void write_text(const std::string& path, const std::string& text) { std::ofstream{path} << text; }
void append_text(const std::string& path, const std::string& text) { std::ofstream{path, std::ios::app} << text; }

std::optional<charge_answer> charge(sandbox& at, int64_t order, const std::string& method, int attempt, minor_units amount) {
  std::optional<charge_answer> heard;
  const auto key = "charge/" + std::to_string(order) + "/" + std::to_string(attempt);
  at.payments().charge({key, {order}, amount, usd, method}, [&](charge_answer answer) { heard = std::move(answer); });
  return heard;
}

std::optional<charge_answer> query(sandbox& at, int64_t order, int attempt) {
  std::optional<charge_answer> heard;
  const auto key = "charge/" + std::to_string(order) + "/" + std::to_string(attempt);
  at.payments().query(key, {order}, [&](charge_answer answer) { heard = std::move(answer); });
  return heard;
}

refund_answer refund(sandbox& at, int64_t order, int number, minor_units amount) {
  std::optional<refund_answer> heard;
  const auto key = "refund/" + std::to_string(order) + "/" + std::to_string(number);
  at.payments().refund({key, {order}, amount, usd}, [&](refund_answer answer) { heard = std::move(answer); });
  REQUIRE(heard);
  return *heard;
}

std::string kinds_of(const sandbox& at, int64_t order) {
  std::string kinds;
  for (const auto& entry : at.ledger())
    if (entry.order.value == order) kinds += (kinds.empty() ? "" : " ") + entry.kind;
  return kinds;
}

}  // namespace orderflow::testing
