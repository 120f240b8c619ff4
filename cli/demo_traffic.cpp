#include "cli/demo_traffic.hpp"

#include <array>
#include <chrono>
#include <iostream>

#include "bench/http_client.hpp"
#include "codec/json.hpp"

namespace orderflow {

namespace {

struct customer_script {
  const char* name;
  const char* email;
  const char* body_rest;
};

/// What a day in the shop looks like: most pay at once, some cards are declined, a gateway is slow or loses its reply.
constexpr std::array<customer_script, 6> customers{{
    {"田中太郎", "tanaka@example.co.jp",
     R"("items":[{"product_name":"ノートPC","quantity":2,"unit_price":89800.0}],"currency":"JPY")"},
    {"Ada Lovelace", "ada@example.org",
     R"("items":[{"product_id":"P001","product_name":"Notebook","quantity":2,"unit_price":25.0},{"product_id":"P002","product_name":"Fountain pen","quantity":1,"unit_price":50.5}],"currency":"USD")"},
    {"Lital Hay", "lital@example.org",
     R"("items":[{"product_id":"1234","product_name":"Desk lamp","quantity":1,"unit_price":50.0}],"currency":"USD","payment_method":"insufficient_funds")"},
    {"Grace Hopper", "grace@example.org",
     R"("items":[{"product_id":"101","product_name":"Keyboard","quantity":1,"unit_price":45.0}],"currency":"USD","payment_method":"slow")"},
    {"Edsger Dijkstra", "edsger@example.org",
     R"("items":[{"product_id":"102","product_name":"Mouse","quantity":3,"unit_price":20.0}],"currency":"USD","payment_method":"lost_reply")"},
    {"Barbara Liskov", "barbara@example.org",
     R"("items":[{"product_id":"2345","product_name":"Headphones","quantity":1,"unit_price":100.0}],"currency":"USD")"},
}};

std::string body_of(const customer_script& who) {
  std::string body = "{\"customer_email\":";
  append_escaped(body, who.email);
  body += ",\"customer_name\":";
  append_escaped(body, who.name);
  return body + "," + who.body_rest + "}";
}

std::string text_of(const json_value& from, std::string_view name) {
  const auto* found = from.find(name);
  return found ? found->text : std::string{"?"};
}

void print_reply(const customer_script& who, const bench::http_reply& reply, std::chrono::milliseconds took) {
  auto parsed = parse_json(reply.body);
  const auto* order = std::get_if<json_value>(&parsed);
  if (reply.status != 201 || !order) {
    std::cout << "  " << who.name << ": HTTP " << reply.status << ' ' << reply.body << std::endl;
    return;
  }
  std::cout << "  order " << text_of(*order, "id") << "  " << text_of(*order, "status") << "  " << text_of(*order, "total_amount")
            << ' ' << text_of(*order, "currency") << "  " << who.name << "  (" << took.count() << " ms)" << std::endl;
}

}  // namespace

demo_traffic::demo_traffic(std::string url) : url_(std::move(url)) {
  std::cout << "\n  Place an order yourself:\n\n  curl -s " << url_
            << "/api/v1/orders/ -H 'Content-Type: application/json' \\\n    -d '" << body_of(customers[0])
            << "'\n\n  Every call, with examples: " << url_ << "/docs\n  Orders: " << url_
            << "/api/v1/orders/   Metrics: " << url_ << "/metrics   Stop: Ctrl-C\n\n  Simulated customers:" << std::endl;
  customers_ = std::thread{[this] { run(); }};
}

demo_traffic::~demo_traffic() {
  stop_ = true;
  stop_.notify_all();
  customers_.join();
}

void demo_traffic::run() {
  bench::blocking_client client{bench::parse_endpoint(url_)};
  for (size_t turn = 0; !stop_; ++turn) {
    const auto& who = customers[turn % customers.size()];
    try {
      auto began = std::chrono::steady_clock::now();
      auto reply = client.post("/api/v1/orders/", body_of(who));
      print_reply(who, reply, std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began));
    } catch (const std::exception& why) {
      if (!stop_) std::cout << "  " << who.name << ": " << why.what() << std::endl;
    }
    if (!pause()) return;
  }
}

/// A second between two customers; false: stop.
bool demo_traffic::pause() {
  for (int tenth = 0; tenth < 10 && !stop_; ++tenth) std::this_thread::sleep_for(std::chrono::milliseconds{100});
  return !stop_;
}

}  // namespace orderflow
