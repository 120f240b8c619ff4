// A listener of TLS: what it speaks, what it refuses, what a client costs that only pretends.
#include <sys/stat.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "tests/http/certificate_samples.hpp"
#include "tests/http/client.hpp"
#include "tests/http/running_server.hpp"
#include "tests/http/scratch_directory.hpp"

using namespace orderflow;
namespace asio = boost::asio;
namespace http = boost::beast::http;

namespace {

constexpr size_t big = 1'500'000;
const std::string shared_bytes(big, 's');

std::vector<route> some_routes() {
  std::vector<route> table;
  table.emplace_back(verb::post, "/echo", audience::every_role(), [](const request& req, const responder& to) {
    reply made;
    made.body = std::string{req.body};
    to(std::move(made));
  });
  table.emplace_back(verb::get, "/big", audience::every_role(), [](const request&, const responder& to) {
    reply made;
    made.body = std::string(big, 'b');
    to(std::move(made));
  });
  table.emplace_back(verb::get, "/shared", audience::every_role(), [](const request&, const responder& to) {
    reply made;
    made.lasting = shared_bytes;
    to(std::move(made));
  });
  return table;
}

class tls_server {
 public:
  explicit tls_server(server_limits limits = {}) : running_(some_routes(), limits, listener(directory_.path())) {}
  running_server& running() { return running_; }
  [[nodiscard]] uint16_t port() const { return running_.port; }
  std::string metrics() {
    return running_.on_thread([this] {
      metric_text out;
      running_.serving().write_metrics(out);
      return out.take();
    });
  }
  bool becomes(const std::string& line) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{10};
    while (metrics().find(line) == std::string::npos) {
      if (std::chrono::steady_clock::now() > until) return false;
    }
    return true;
  }

 private:
  static listener_settings listener(const std::string& directory) {
    auto made = test_listener();
    made.tls = make_certificate(directory, "sample");
    return made;
  }
  scratch_directory directory_;
  running_server running_;
};

class tls_client {
 public:
  explicit tls_client(uint16_t port, const char* ciphers_of_1_2 = nullptr) : context_(asio::ssl::context::tls_client) {
    if (ciphers_of_1_2 != nullptr) {
      SSL_CTX_set_max_proto_version(context_.native_handle(), TLS1_2_VERSION);
      SSL_CTX_set_cipher_list(context_.native_handle(), ciphers_of_1_2);
    }
    stream_.emplace(io_, context_);
    stream_->lowest_layer().connect({asio::ip::make_address("127.0.0.1"), port});
    const timeval timeout{10, 0};
    setsockopt(stream_->lowest_layer().native_handle(), SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
    stream_->handshake(asio::ssl::stream_base::client, failed);
  }
  void send(const std::string& bytes) { asio::write(*stream_, asio::buffer(bytes), failed); }
  http::response<http::string_body> receive() {
    http::response_parser<http::string_body> parser;
    parser.body_limit(2 * big);
    http::read(*stream_, buffer_, parser, failed);
    return parser.release();
  }

  boost::system::error_code failed;

 private:
  asio::io_context io_;
  asio::ssl::context context_;
  std::optional<asio::ssl::stream<asio::ip::tcp::socket>> stream_;
  boost::beast::flat_buffer buffer_;
};

std::string post_of(const std::string& body) {
  return "POST /echo HTTP/1.1\r\n" + host_header +
         "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

}  // namespace

TEST_CASE("over TLS requests and replies of any size go through, also several at once") {
  tls_server server;
  tls_client client{server.port()};
  REQUIRE_FALSE(client.failed);
  client.send("GET /big HTTP/1.1\r\n" + host_header + "\r\nGET /shared HTTP/1.1\r\n" + host_header + "\r\n" + post_of("{}"));
  CHECK(client.receive().body() == std::string(big, 'b'));
  CHECK(client.receive().body() == shared_bytes);
  CHECK(client.receive().body() == "{}");
  const std::string large(200'000, 'x');
  client.send(post_of(large));
  CHECK(client.receive().body() == large);
  client.send("GET /big HTTP/1.1\r\n" + host_header + "Connection: close\r\n\r\n");
  CHECK(client.receive().body().size() == big);
  CHECK_FALSE(client.failed);
  (void)client.receive();
  CHECK(client.failed == http::error::end_of_stream);  // Closed as TLS demands, not cut off.
}

TEST_CASE("plain HTTP on a port of TLS is told so in the clear") {
  tls_server server;
  for (const auto* before : {"", "\r\n", "\n"}) {
    test_client plain{server.port()};
    plain.send(before + std::string{"GET /echo HTTP/1.1\r\nHost: localhost\r\n\r\n"});
    const auto seen = plain.receive();
    CHECK(seen.status == 400);
    CHECK(seen.body.find("https://") != std::string::npos);
    CHECK(text_of(seen, "type") == "/problems/connection-must-be-encrypted");
    CHECK(plain.closed_by_server());
  }
  test_client noise{server.port()};
  noise.send(std::string(3, '\0'));
  CHECK(noise.closed_by_server());
}

TEST_CASE("in TLS 1.2 only ciphers that authenticate what they encrypt are spoken") {
  tls_server server;
  for (const auto* spoken : {"ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-ECDSA-CHACHA20-POLY1305"}) {
    INFO(spoken);
    tls_client client{server.port(), spoken};
    client.send(post_of("{}"));
    CHECK(client.receive().body() == "{}");
  }
  for (const auto* old : {"ECDHE-ECDSA-AES128-SHA256", "ECDHE-ECDSA-AES256-SHA384", "ECDHE-ECDSA-AES128-SHA",
                          "ECDHE-ECDSA-AES128-CCM8", "AES128-GCM-SHA256"}) {
    INFO(old);
    const tls_client client{server.port(), old};
    CHECK(client.failed);
  }
}

TEST_CASE("whoever says nothing on a port of TLS costs no handshake, and those who do not end theirs are bounded") {
  server_limits limits;
  limits.handshakes = 3;
  tls_server server{limits};
  std::vector<std::unique_ptr<test_client>> silent;
  for (int n = 0; n < 20; ++n) silent.push_back(std::make_unique<test_client>(server.port()));
  while (server.running().on_thread([&] { return server.running().serving().connections() < 20; })) {
  }
  CHECK(server.becomes("orderflow_http_handshakes 0\n"));
  std::vector<std::unique_ptr<test_client>> begun;
  for (int n = 0; n < 10; ++n) {
    begun.push_back(std::make_unique<test_client>(server.port()));
    begun.back()->send("\x16\x03\x01\x02");
  }
  CHECK(server.becomes("orderflow_http_connections_cut_total{limit=\"max_handshakes\"} 7\n"));
  CHECK(server.becomes("orderflow_http_handshakes 3\n"));
  for (size_t n = 0; n < 7; ++n) CHECK(begun[n]->closed_by_server());
  tls_client honest{server.port()};
  honest.send(post_of("{}"));
  CHECK(honest.receive().body() == "{}");
}

TEST_CASE("a handshake that is not ended in time is closed") {
  server_limits limits;
  limits.head_time = milliseconds{150};
  limits.sweep_every = milliseconds{20};
  tls_server server{limits};
  test_client silent{server.port()};
  test_client begun{server.port()};
  begun.send("\x16\x03\x01\x02");
  CHECK(silent.closed_by_server());
  CHECK(begun.closed_by_server());
}

TEST_CASE("a certificate that has expired or is not valid yet is told with its date") {
  const scratch_directory directory;
  using std::chrono::hours;
  const auto now = std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
  const auto fault_of = [&](const tls_files& files) {
    return validity_fault(validity_of(*make_tls_context(files)), files.certificate, now);
  };
  CHECK(fault_of(make_certificate(directory.path(), "good")).empty());
  const auto expired = fault_of(make_certificate(directory.path(), "old", hours{-48}, hours{-24}));
  CHECK(expired.find("old.crt expired at 20") != std::string::npos);
  CHECK(fault_of(make_certificate(directory.path(), "new", hours{24}, hours{48})).find("new.crt is not valid before 20") !=
        std::string::npos);
}

TEST_CASE("a private key that others may read, or that belongs to another certificate, is refused") {
  const scratch_directory directory;
  auto files = make_certificate(directory.path(), "one");
  const auto other = make_certificate(directory.path(), "two");
  const auto refusal_of = [](const tls_files& given) -> std::string {
    try {
      (void)make_tls_context(given);
      return {};
    } catch (const std::invalid_argument& why) {
      return why.what();
    }
  };
  for (const mode_t fine : {0600U, 0400U, 0640U}) {
    REQUIRE(::chmod(files.key.c_str(), fine) == 0);
    CHECK(refusal_of(files).empty());
  }
  for (const mode_t open : {0644U, 0604U, 0602U, 0660U}) {
    REQUIRE(::chmod(files.key.c_str(), open) == 0);
    CHECK(refusal_of(files).find("chmod 640") != std::string::npos);
  }
  files.key = other.key;
  CHECK(refusal_of(files).find("two.key") != std::string::npos);
}

TEST_CASE("a private key with a pass phrase is refused at once, and nobody is asked on the terminal") {
  const scratch_directory directory;
  const auto files = make_certificate(directory.path(), "one");
  encrypt_key(files.key);
  REQUIRE_THROWS_WITH(make_tls_context(files), Catch::Matchers::ContainsSubstring("one.key is encrypted") &&
                                                   Catch::Matchers::ContainsSubstring("openssl pkey"));
}
