// The reference says what the program does: every route, every role, every type of problem.
#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <sstream>

#include "gateways/sandbox.hpp"
#include "http/api/probes/api_documents.hpp"
#include "http/api/probes/documents.hpp"
#include "http/auth/principal.hpp"
#include "tests/http/client.hpp"
#include "tests/http/running_service.hpp"
#include "tests/http/scratch_directory.hpp"
#include "tests/source_dir.hpp"

using namespace orderflow;

namespace {

namespace fs = std::filesystem;

constexpr role all_roles[] = {role::customer, role::merchant, role::service, role::operator_};

/// A service with everything switched on; it is never started.
class whole_service {
 public:
  whole_service() : box_(directory_.path(), time_), service_(settings(), dependencies()) {}
  [[nodiscard]] const std::vector<route>& routes() const { return service_.routes(); }

 private:
  static http_settings settings() {
    auto made = running_service::dev_settings();
    made.listeners.front().dev_endpoints = true;
    return made;
  }
  http_dependencies dependencies() {
    http_dependencies with;
    with.make_bridge = [this](boost::asio::io_context& io) { return make_memory_bridge(io, shop_); };
    with.time = &time_;
    with.dev = &box_;
    with.state = [] { return health{}; };
    with.metrics = [] { return std::string{}; };
    return with;
  }

  scratch_directory directory_;
  fixed_clock time_;
  memory_shop shop_;
  sandbox box_;
  http_service service_;
};

/// The figures are a group of their own for listeners, and stand with the probes for readers.
std::string tag_of(std::string_view dialect) { return std::string{dialect == dialects::metrics ? dialects::probe : dialect}; }

nlohmann::json document() { return nlohmann::json::parse(built_documents().openapi.plain); }

/// "GET /livez (probe): anyone": the form in which table and document are compared.
std::set<std::string> routes_of_table(const std::vector<route>& table) {
  std::set<std::string> lines;
  for (const auto& row : table) {
    std::string who;
    for (const role each : all_roles)
      if (row.may.has(each)) who += " " + std::string{to_string(each)};
    lines.insert(std::string{to_string(row.method)} + " " + std::string{row.pattern} + " (" + tag_of(row.options.dialect) + "):" +
                 (row.may.is_anyone() ? " anyone"
                  : who.empty()       ? " signature"
                                      : who));
  }
  return lines;
}

std::set<std::string> routes_of_document() {
  const std::set<std::string> methods{"get", "put", "post", "delete", "patch"};
  std::set<std::string> lines;
  const auto reference = document();
  for (const auto& [path, item] : reference["paths"].items())
    for (const auto& [method, operation] : item.items()) {
      if (!methods.contains(method)) continue;
      std::string line;
      for (const char c : method) line += static_cast<char>(c - 'a' + 'A');
      line += " " + path + " (" + operation["tags"][0].get<std::string>() + "):";
      for (const auto& each : operation["x-roles"]) line += " " + each.get<std::string>();
      lines.insert(line);
    }
  return lines;
}

std::string only_in_first(const std::set<std::string>& first, const std::set<std::string>& second) {
  std::string lines;
  for (const auto& each : first)
    if (!second.contains(each)) lines += each + "\n";
  return lines;
}

const problem_page* page_of(std::string_view word) {
  for (const auto& each : built_documents().problems)
    if (each.word == word) return &each;
  return nullptr;
}

/// All words of the form x_must_y that stand as literals in the HTTP side.
std::set<std::string> words_in_sources() {
  static const std::regex literal{R"re("([a-z_]+_must_[a-z_]+)")re"};
  std::set<std::string> words;
  for (const auto& file : fs::recursive_directory_iterator{fs::path{ORDERFLOW_SOURCE_DIR} / "http"}) {
    if (file.path().extension() != ".cpp") continue;
    std::ifstream in{file.path()};
    std::ostringstream text;
    text << in.rdbuf();
    const auto all = text.str();
    for (auto it = std::sregex_iterator{all.begin(), all.end(), literal}; it != std::sregex_iterator{}; ++it)
      words.insert((*it)[1].str());
  }
  return words;
}

}  // namespace

TEST_CASE("every route is in the reference with its roles, and the reference has no other") {
  const whole_service all;
  const auto served = routes_of_table(all.routes());
  const auto written = routes_of_document();
  const auto missing = only_in_first(served, written);
  const auto invented = only_in_first(written, served);
  INFO("served, but not in http/openapi:\n" << missing << "in http/openapi, but not served:\n" << invented);
  CHECK(missing.empty());
  CHECK(invented.empty());
}

TEST_CASE("the reference names the query parameters and the conditions that a route takes") {
  const whole_service all;
  const auto reference = document();
  for (const auto& row : all.routes()) {
    INFO(to_string(row.method) << " " << row.pattern);
    std::string method;
    for (const char c : to_string(row.method)) method += static_cast<char>(c - 'A' + 'a');
    const auto& operation = reference["paths"][std::string{row.pattern}][method];
    std::set<std::string> written;
    bool if_match = false;
    for (auto parameter : operation.value("parameters", nlohmann::json::array())) {
      if (parameter.contains("$ref"))
        parameter = reference.at(nlohmann::json::json_pointer{parameter["$ref"].get<std::string>().substr(1)});
      if (parameter["in"] == "query") written.insert(parameter["name"].get<std::string>());
      if_match = if_match || parameter["name"] == "If-Match";
    }
    CHECK(written == std::set<std::string>(row.options.query.begin(), row.options.query.end()));
    if (is_unsafe(row.method)) CHECK(if_match == row.options.versioned);
  }
}

TEST_CASE("every refusal has a page, with the status that it is answered with") {
  for (int number = 1; to_string(static_cast<refusal>(number)) != "unknown_refusal"; ++number) {
    const auto why = static_cast<refusal>(number);
    INFO(to_string(why));
    const auto* page = page_of(to_string(why));
    REQUIRE(page != nullptr);
    CHECK(page->status == status_of(why));
  }
}

TEST_CASE("every failure of the world has a page") {
  std::set<std::string> words{problem_of(failure{}).word};
  for (int number = 1; to_string(static_cast<errc>(number)) != "none"; ++number)
    words.insert(problem_of(failure{static_cast<errc>(number), {}}).word);
  for (const auto& word : words) {
    INFO(word);
    CHECK(page_of(word) != nullptr);
  }
}

TEST_CASE("every word that the HTTP side can say has a page") {
  const auto words = words_in_sources();
  REQUIRE(words.size() > 20);
  for (const auto& word : words) {
    INFO(word);
    CHECK(page_of(word) != nullptr);
  }
}

TEST_CASE("the page of a problem is found where the problem's type says") {
  running_service with;
  test_client client{with.port};
  const auto refused = client.ask("GET", "/api/v1/orders/999");
  REQUIRE(refused.status == 404);
  const auto type = nlohmann::json::parse(refused.body)["type"].get<std::string>();
  const auto page = client.ask("GET", type);
  CHECK(page.status == 200);
  CHECK(page.headers.at("content-type") == "text/html; charset=utf-8");
  CHECK(page.body.find("What to do") != std::string::npos);
  CHECK(page.body.find("Order must exist") != std::string::npos);
  CHECK(client.ask("GET", "/problems/nothing-of-this-name").status == 404);
}

TEST_CASE("the reference is served to anyone, and its page needs nothing from elsewhere") {
  running_service with{[] {
    auto settings = running_service::dev_settings();
    settings.listeners.front().fixed_principal.reset();
    return settings;
  }()};
  test_client client{with.port};
  CHECK(client.ask("GET", "/api/v1/orders/").status == 401);
  const auto reference = client.ask("GET", "/openapi.json");
  REQUIRE(reference.status == 200);
  CHECK(nlohmann::json::parse(reference.body)["openapi"] == "3.1.0");
  const auto page = client.ask("GET", "/docs");
  REQUIRE(page.status == 200);
  const auto policy = page.headers.at("content-security-policy");
  CHECK(policy.starts_with("default-src 'none'"));
  CHECK(policy.find("unsafe") == std::string::npos);
  for (const auto* foreign : {"src=", "@import", "url(", " style=", "onclick", "<link"}) {
    INFO(foreign);
    CHECK(page.body.find(foreign) == std::string::npos);
  }
}

TEST_CASE("the reference is compressed for whoever takes that, and not sent again to whoever has it") {
  running_service with;
  test_client client{with.port};
  for (const auto* path : {"/docs", "/openapi.json"}) {
    INFO(path);
    const auto plain = client.ask("GET", path);
    const auto packed = client.ask("GET", path, {}, "Accept-Encoding: br, gzip;q=0.5\r\n");
    CHECK_FALSE(plain.headers.contains("content-encoding"));
    CHECK(packed.headers.at("content-encoding") == "gzip");
    CHECK(packed.body.size() * 4 < plain.body.size());
    CHECK(client.ask("GET", path, {}, "Accept-Encoding: gzip;q=0\r\n").body == plain.body);
    CHECK(client.ask("HEAD", path).headers.at("content-length") == std::to_string(plain.body.size()));
    CHECK(plain.headers.at("etag") != packed.headers.at("etag"));
    for (const auto* seen : {&plain, &packed}) {
      CHECK(seen->headers.at("vary") == "Accept-Encoding");
      CHECK(seen->headers.at("cache-control") == "public, no-cache");
    }
    const auto known = client.ask("GET", path, {}, "If-None-Match: \"x\", W/" + plain.headers.at("etag") + "\r\n");
    CHECK(known.status == 304);
    CHECK(known.body.empty());
    CHECK(known.headers.at("etag") == plain.headers.at("etag"));
    CHECK_FALSE(known.headers.contains("content-length"));
    CHECK(client.ask("GET", path, {}, "If-None-Match: \"x\"\r\n").status == 200);
  }
}

TEST_CASE("the bytes of the reference are shared by all who ask") {
  const request req;
  const auto body_of_route = [&](const route& row) {
    struct kept_reply : reply_sink {
      void answer(reply with) override { seen = std::move(with); }
      void abandoned() override {}
      reply seen;
    };
    const auto told = std::make_shared<kept_reply>();
    row.handle(req, responder{told});
    return told->seen;
  };
  for (const auto& row : document_routes()) {
    if (row.pattern != "/docs" && row.pattern != "/openapi.json") continue;
    INFO(row.pattern);
    const auto first = body_of_route(row);
    CHECK(first.body.empty());
    CHECK(first.lasting.size() > 100'000);
    CHECK(first.lasting.data() == body_of_route(row).lasting.data());
  }
}

TEST_CASE("every operation that takes a body shows one, and every reply of success too, from the golden exchanges") {
  std::string bare;
  const auto reference = document();
  for (const auto& [path, item] : reference["paths"].items())
    for (const auto& [method, operation] : item.items()) {
      if (!operation.is_object() || !operation.contains("operationId") || operation["tags"][0] == "probe") continue;
      const auto name = operation["operationId"].get<std::string>();
      // They succeed only for an order that crashed repeatedly, or a message that was given up; callbacks are signed as of the
      // moment.
      if (name == "redriveOrder" || name == "redriveMessage" || name.starts_with("receive")) continue;
      if (operation.contains("requestBody") && !operation["requestBody"]["content"]["application/json"].contains("examples"))
        bare += name + " has no request in the golden files\n";
      bool shown = false;
      for (const auto& [status, reply] : operation["responses"].items()) {
        const auto contents = reply.value("content", nlohmann::json::object());
        for (const auto& content : contents) shown = shown || (status < "300" && content.contains("examples"));
      }
      if (!shown) bare += name + " has no whole reply of success in the golden files\n";
    }
  INFO(bare);
  CHECK(bare.empty());
}

TEST_CASE("what usually happens is shown first, under a title for people, and no step that only the tests need") {
  const auto reference = document();
  std::string odd;
  const auto look = [&](const nlohmann::json& content) {
    const auto examples = content.value("examples", nlohmann::json::object());
    for (const auto& example : examples) {
      const auto title = example["summary"].get<std::string>();
      const bool is_title = title.size() > 3 && title[0] >= 'A' && title[0] <= 'Z';
      if (!is_title || example["value"].dump().find(R"(:"text")") != std::string::npos) odd += title + "\n";
    }
  };
  for (const auto& [path, item] : reference["paths"].items())
    for (const auto& [method, operation] : item.items()) {
      if (!operation.is_object() || !operation.contains("responses")) continue;
      if (operation.contains("requestBody"))
        for (const auto& content : operation["requestBody"]["content"]) look(content);
      for (const auto& reply : operation["responses"]) {
        const auto contents = reply.value("content", nlohmann::json::object());
        for (const auto& content : contents) look(content);
      }
    }
  INFO(odd);
  CHECK(odd.empty());
  const auto& creates = reference["paths"]["/api/orders/create"]["post"]["requestBody"]["content"]["application/json"];
  REQUIRE(creates["examples"].size() == 1);
  CHECK(creates["examples"].front()["summary"] == "An order is created");
}

TEST_CASE("the start page says to anyone what runs here and where to go, and needs nothing from elsewhere") {
  running_service with{[] {
    auto settings = running_service::dev_settings();
    settings.listeners.front().fixed_principal.reset();
    return settings;
  }()};
  test_client client{with.port};
  const auto page = client.ask("GET", "/");
  REQUIRE(page.status == 200);
  CHECK(page.headers.at("content-type") == "text/html; charset=utf-8");
  CHECK(page.headers.at("content-security-policy").starts_with("default-src 'none'"));
  CHECK(page.body.size() < 16 * 1024);
  for (const auto* named : {"orderflow", "href=\"/docs\"", "href=\"/openapi.json\"", "href=\"/livez\"", "href=\"/readyz\"",
                            "href=\"/metrics\"", "Shop", "OrderFlowAPI", "Cart workflow", "Orders v1 (DD-ORDER-001)"}) {
    INFO(named);
    CHECK(page.body.find(named) != std::string::npos);
  }
  CHECK(page.body.find(built_documents().version) != std::string::npos);
  for (const auto* foreign : {"src=", "@import", "url(", " style=", "http://", "https://", "<link", "/console", "Sandbox"}) {
    INFO(foreign);
    CHECK(page.body.find(foreign) == std::string::npos);
  }
  client.send("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n");
  const auto head = client.receive(true);
  CHECK(head.status == 200);
  CHECK(head.headers.at("content-length") == std::to_string(page.body.size()));
  CHECK(client.ask("POST", "/", "{}").status == 405);
}

TEST_CASE("each listener's start page shows what that listener serves") {
  running_service with{[] {
    auto settings = running_service::dev_settings();
    settings.listeners.front().dialects = {std::string{dialects::orders_v1}};
    return settings;
  }()};
  test_client client{with.port};
  const auto page = client.ask("GET", "/");
  CHECK(page.status == 200);
  CHECK(page.body.find("Orders v1 (DD-ORDER-001)") != std::string::npos);
  for (const auto* absent : {"/docs", "/livez", "Cart workflow"}) {
    INFO(absent);
    CHECK(page.body.find(absent) == std::string::npos);
  }
}

TEST_CASE("the reference begins with how to authenticate, and calls its groups by the documents' names") {
  const std::string page{built_documents().docs.plain};
  const auto at = [&](const std::string& text) {
    INFO(text);
    const auto found = page.find(text);
    CHECK(found != std::string::npos);
    return found;
  };
  CHECK(at("<h2>Authentication</h2>") < at("<h2>Shop</h2>"));
  for (const auto* group :
       {"<h2>OrderFlowAPI</h2>", "<h2>Cart workflow</h2>", "<h2>Orders v1 (DD-ORDER-001)</h2>", "<h2>Beside the documents</h2>"})
    at(group);
  // Without a script a phone shows the content, and the menu where it is asked for.
  CHECK(at("href=\"#menu\"") < at("id=\"main\""));
  static const std::regex bare_title{"<figcaption>(?![A-Z])[^<]*"};
  std::smatch found;
  INFO((std::regex_search(page, found, bare_title) ? found.str() : std::string{}));
  CHECK(found.empty());
}
