// Which form of a document a client is given.
#include <catch2/catch_test_macros.hpp>

#include "http/pipeline/content_coding.hpp"

using namespace orderflow;

TEST_CASE("gzip is sent to whoever takes it at least as gladly as the bytes as they are") {
  for (const auto* takes : {"gzip", "x-gzip", "GZIP", "deflate, gzip;q=1.0, *;q=0.5", "br;q=1, gzip;q=0.001", "*",
                            "identity;q=0.5, *", "gzip , identity;q=0", "gzip;level=9;q=0.3", " ,, gzip"}) {
    INFO(takes);
    CHECK(prefers_gzip(takes));
  }
  for (const auto* refuses : {"", "identity", "br", "gzip;q=0", "gzip;q=0.000", "*;q=0", "gzip;q=0, *", "identity, gzip;q=0.5",
                              "gzip;q=1.5", "gzip;q=2", "gzip;q=0.1234", "gzip;q=", "gzip;q=x", "gzipped"}) {
    INFO(refuses);
    CHECK_FALSE(prefers_gzip(refuses));
  }
}
