#include "gateways/http_client.hpp"

#include <curl/curl.h>

#include <array>
#include <new>
#include <stdexcept>
#include <unordered_map>

#include "base/thread.hpp"

namespace orderflow {

namespace {

/// An idle client wakes up now and then, so that the library can close connections that have been idle for long.
constexpr int longest_sleep_ms = 1'000;

struct free_easy {
  void operator()(CURL* one) const { curl_easy_cleanup(one); }
};
struct free_text {
  void operator()(char* text) const { curl_free(text); }
};
struct free_multi {
  void operator()(CURLM* one) const { curl_multi_cleanup(one); }
};
struct free_list {
  void operator()(curl_slist* one) const { curl_slist_free_all(one); }
};

/// The library counts these, so that each client has its own.
struct library {
  library() {
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) throw std::runtime_error{"the HTTP client library cannot be started"};
  }
  ~library() { curl_global_cleanup(); }
  library(const library&) = delete;
  library& operator=(const library&) = delete;
};

}  // namespace

http_request request_to(http_method method, std::string url, const secret<std::string>& token, milliseconds timeout) {
  http_request made;
  made.method = method;
  made.url = std::move(url);
  made.timeout = timeout;
  made.headers.emplace_back("Accept: application/json");
  if (!token.reveal().empty()) made.headers.push_back("Authorization: Bearer " + token.reveal());
  return made;
}

std::string escaped_segment(const std::string& text) {
  if (text.empty()) return {};
  const std::unique_ptr<char, free_text> escaped{curl_easy_escape(nullptr, text.data(), static_cast<int>(text.size()))};
  if (!escaped) throw std::bad_alloc{};
  return escaped.get();
}

struct http_client::transfer {
  transfer(http_request wanted, std::function<void(http_outcome)> callback)
      : request(std::move(wanted)), done(std::move(callback)) {}

  static size_t take(char* bytes, size_t, size_t count, void* self) {
    auto& to = *static_cast<transfer*>(self);
    if (to.body.size() + count > to.request.largest_reply) {
      to.too_large = true;
      return 0;
    }
    to.body.append(bytes, count);
    return count;
  }

  [[nodiscard]] bool prepare();
  [[nodiscard]] bool add_headers();
  [[nodiscard]] http_outcome outcome(CURLcode code) const;
  [[nodiscard]] bool nothing_left() const;

  http_request request;
  std::function<void(http_outcome)> done;
  std::unique_ptr<curl_slist, free_list> headers;
  std::unique_ptr<CURL, free_easy> handle{curl_easy_init()};
  std::string body;
  bool too_large = false;
  std::array<char, CURL_ERROR_SIZE> trouble{};
};

bool http_client::transfer::add_headers() {
  const auto add = [this](const std::string& line) {
    auto* longer = curl_slist_append(headers.get(), line.c_str());
    if (longer == nullptr) return false;
    if (!headers) headers.reset(longer);
    return true;
  };
  for (const auto& line : request.headers)
    if (!add(line)) return false;
  return request.method != http_method::post || add("Content-Type: application/json");
}

bool http_client::transfer::prepare() {
  if (!handle || !add_headers()) return false;
  auto* at = handle.get();
  bool right = true;
  const auto set = [&](auto option, auto value) { right = right && curl_easy_setopt(at, option, value) == CURLE_OK; };
  set(CURLOPT_PRIVATE, static_cast<void*>(this));
  set(CURLOPT_ERRORBUFFER, trouble.data());
  set(CURLOPT_URL, request.url.c_str());
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_PROXY, "");
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout.count()));
  set(CURLOPT_FRESH_CONNECT, request.only_once ? 1L : 0L);
  set(CURLOPT_WRITEFUNCTION, &transfer::take);
  set(CURLOPT_WRITEDATA, static_cast<void*>(this));
  set(CURLOPT_HTTPHEADER, headers.get());
  switch (request.method) {
    case http_method::get: set(CURLOPT_HTTPGET, 1L); break;
    case http_method::delete_: set(CURLOPT_CUSTOMREQUEST, "DELETE"); break;
    case http_method::post:
      set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
      set(CURLOPT_POSTFIELDS, request.body.c_str());
      break;
  }
  return right;
}

/// Neither a connection that was refused nor a name that is not known has carried anything away.
bool http_client::transfer::nothing_left() const {
  long bytes = 1;
  return curl_easy_getinfo(handle.get(), CURLINFO_REQUEST_SIZE, &bytes) == CURLE_OK && bytes == 0;
}

http_outcome http_client::transfer::outcome(CURLcode code) const {
  if (too_large) return http_failure{"the reply is longer than " + std::to_string(request.largest_reply) + " bytes", false};
  if (code != CURLE_OK) {
    const std::string more = trouble[0] == '\0' ? std::string{curl_easy_strerror(code)} : std::string{trouble.data()};
    return http_failure{more, nothing_left()};
  }
  long status = 0;
  curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &status);
  return http_reply{static_cast<uint16_t>(status), body};
}

struct http_client::engine {
  explicit engine(uint32_t connections) {
    if (!multi) throw std::runtime_error{"the HTTP client library cannot be started"};
    curl_multi_setopt(multi.get(), CURLMOPT_MAX_TOTAL_CONNECTIONS, static_cast<long>(connections));
    curl_multi_setopt(multi.get(), CURLMOPT_MAXCONNECTS, static_cast<long>(connections));
    curl_multi_setopt(multi.get(), CURLMOPT_PIPELINING, static_cast<long>(CURLPIPE_NOTHING));
  }
  ~engine() {
    for (const auto& [handle, each] : open) curl_multi_remove_handle(multi.get(), handle);
    open.clear();
  }
  engine(const engine&) = delete;
  engine& operator=(const engine&) = delete;

  library loaded;
  std::unique_ptr<CURLM, free_multi> multi{curl_multi_init()};
  std::unordered_map<CURL*, std::unique_ptr<transfer>> open;
};

http_client::http_client(uint32_t connections) : engine_(std::make_unique<engine>(connections)), thread_([this] { run(); }) {}

http_client::~http_client() {
  {
    std::lock_guard hold{mutex_};
    stopping_ = true;
  }
  curl_multi_wakeup(engine_->multi.get());
  thread_.join();
  fresh_.clear();  // Before the library goes.
}

void http_client::send(http_request request, std::function<void(http_outcome)> done) {
  auto made = std::make_unique<transfer>(std::move(request), std::move(done));
  {
    std::lock_guard hold{mutex_};
    fresh_.push_back(std::move(made));
  }
  curl_multi_wakeup(engine_->multi.get());
}

void http_client::run() {
  name_this_thread("http-client");
  auto* multi = engine_->multi.get();
  while (true) {
    {
      std::lock_guard hold{mutex_};
      if (stopping_) return;
    }
    start_new();
    int running = 0;
    curl_multi_perform(multi, &running);
    finish_done();
    curl_multi_poll(multi, nullptr, 0, longest_sleep_ms, nullptr);
  }
}

void http_client::start_new() {
  std::vector<std::unique_ptr<transfer>> taken;
  {
    std::lock_guard hold{mutex_};
    taken.swap(fresh_);
  }
  for (auto& each : taken) {
    auto* handle = each->handle.get();
    if (!each->prepare() || curl_multi_add_handle(engine_->multi.get(), handle) != CURLM_OK) {
      each->done(http_failure{"the request cannot be sent: its address or a header is not well-formed", true});
      continue;
    }
    engine_->open.emplace(handle, std::move(each));
  }
}

void http_client::finish_done() {
  int left = 0;
  while (const auto* message = curl_multi_info_read(engine_->multi.get(), &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    auto* handle = message->easy_handle;
    const auto code = message->data.result;  // Read before the handle is removed: the message dies with it.
    curl_multi_remove_handle(engine_->multi.get(), handle);
    auto ended = engine_->open.extract(handle);
    if (!ended.empty()) ended.mapped()->done(ended.mapped()->outcome(code));
  }
}

}  // namespace orderflow
