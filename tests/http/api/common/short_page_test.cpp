// Lists that are in memory as a whole are paged as the long ones are.
#include <catch2/catch_test_macros.hpp>

#include "tests/http/client.hpp"
#include "tests/http/running_service.hpp"

using namespace orderflow;

namespace {

/// The target of `Link`; empty on the last page.
std::string next_of(const seen_reply& page) {
  const auto found = page.headers.find("link");
  if (found == page.headers.end()) return {};
  return found->second.substr(1, found->second.find('>') - 1);
}

/// One member of every entry, page by page.
std::vector<std::string> read_by_pages(test_client& client, std::string path, std::string_view member) {
  std::vector<std::string> seen;
  while (!path.empty()) {
    const auto page = client.ask("GET", path);
    REQUIRE(page.status == 200);
    for (const auto& item : body_of(page).items) seen.push_back(item.find(member)->text);
    path = next_of(page);
    REQUIRE(seen.size() < 50);
  }
  return seen;
}

}  // namespace

TEST_CASE("orders that are held back are listed from the longest held back on, page by page") {
  running_service with;
  for (const auto& [id, ms] : std::vector<std::pair<int64_t, int64_t>>{{9, 30}, {7, 10}, {3, 20}, {64, 10}, {5, 20}})
    with.shop.held_back.push_back({order_id{id}, "it threw", from_ms(ms)});
  test_client client{with.port};
  const std::vector<std::string> longest_first{"7", "64", "3", "5", "9"};
  for (const auto* path : {"/api/v1/quarantine", "/api/v1/quarantine?limit=2", "/api/v1/quarantine?limit=1"})
    CHECK(read_by_pages(client, path, "order_id") == longest_first);
}

TEST_CASE("products are listed by their ids, all at once or page by page") {
  running_service with;
  auto known = std::make_shared<catalogue>();
  for (const auto* id : {"P2", "A:1", "P10", "Ü", "P1"})
    evolve(*known, product_put{{product_id{id}, "Thing", *find_currency("USD"), 100}});
  with.shop.products = known;
  test_client client{with.port};
  const std::vector<std::string> by_id{"A:1", "P1", "P10", "P2", "Ü"};
  for (const auto* path : {"/api/products", "/api/products?limit=2", "/api/products?limit=5", "/api/products?limit=1"})
    CHECK(read_by_pages(client, path, "productId") == by_id);
}

TEST_CASE("a short list refuses a limit and a cursor that are none") {
  running_service with;
  test_client client{with.port};
  for (const auto* query : {"limit=0", "limit=1001", "limit=x", "cursor=", "cursor=7", "cursor=*"}) {
    INFO(query);
    CHECK(client.ask("GET", std::string{"/api/v1/quarantine?"} + query).status == 422);
  }
  for (const auto* query : {"limit=0", "limit=1001", "limit=x", "cursor=", "cursor=*"}) {
    INFO(query);
    CHECK(client.ask("GET", std::string{"/api/products?"} + query).status == 400);
  }
}
