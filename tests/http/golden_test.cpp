// The golden files against the whole HTTP side without actors. The same files are replayed against the real program.
#include <catch2/catch_test_macros.hpp>
#include <cstdlib>

#include "tests/http/running_service.hpp"
#include "tests/source_dir.hpp"

using namespace orderflow;

TEST_CASE("every golden exchange of Orders v1 is answered as recorded") {
  running_service with;
  auto known = std::make_shared<catalogue>();
  evolve(*known, product_put{{product_id{"101"}, "Mouse", *find_currency("USD"), 1000}});
  with.shop.products = known;
  with.shop.stock[product_id{"101"}].on_hand = 1000;
  const std::string folder = std::string{ORDERFLOW_SOURCE_DIR} + "/tests/http";
  const auto command = "python3 " + folder + "/golden.py --base http://127.0.0.1:" + std::to_string(with.port) + " " + folder +
                       "/golden/orders_v1";
  CHECK(std::system(command.c_str()) == 0);
}
