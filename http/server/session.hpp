// One connection: reads a request, has it handled, writes the reply in one piece, and again. Requests that were sent ahead
// wait in the socket, so they are answered in order. Thread rule: the io_context's thread.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <chrono>
#include <memory>
#include <optional>

#include "http/pipeline/request_pipeline.hpp"
#include "http/server/client_stream.hpp"
#include "http/server/head_scan.hpp"
#include "http/server/session_registry.hpp"

namespace orderflow {

class session : public reply_sink, public std::enable_shared_from_this<session> {
 public:
  using socket_type = client_stream::socket_type;

  /// `tls` nullptr: in the clear.
  session(socket_type socket, std::shared_ptr<session_registry> shared, request_pipeline& door,
          std::shared_ptr<boost::asio::ssl::context> tls);
  ~session() override;
  session(const session&) = delete;
  session& operator=(const session&) = delete;

  void start();
  void answer(reply with) override;
  void abandoned() override;
  void hang_up() override { close(); }

  /// What the connection costs its place for.
  enum class use : uint8_t {
    idle,    ///< Between two requests.
    client,  ///< Waits for its client to send or to take something.
    ours,    ///< A request is being answered.
  };
  [[nodiscard]] use in_use() const;
  /// When the present phase began.
  [[nodiscard]] std::chrono::steady_clock::time_point since() const { return since_; }
  [[nodiscard]] bool late_at(std::chrono::steady_clock::time_point now) const { return now >= deadline_; }
  /// What closing would free of a reply.
  [[nodiscard]] size_t unsent_bytes() const { return unsent_; }
  /// What refusing would free of a request that is still being received.
  [[nodiscard]] size_t arriving_bytes() const { return phase_ == phase::head || phase_ == phase::body ? incomplete_ : 0; }
  /// Refuses a request that is being received: there is no room for the rest of it.
  void give_way();
  /// Something has arrived that was not looked at yet.
  [[nodiscard]] bool is_unread();
  /// The limit of the present phase is over.
  void expire();
  /// No request is waited for any longer than a moment; the present one is answered, then the connection ends.
  void begin_drain();
  void close();

 private:
  using steady_time = std::chrono::steady_clock::time_point;
  using parser_type = boost::beast::http::request_parser<boost::beast::http::string_body>;
  /// How long a server that is being stopped waits for a request that is on its way.
  static constexpr milliseconds last_call{250};
  enum class phase : uint8_t { handshake, idle, head, body, handling, writing, lingering, closed };

  void meet();
  void shake_hands();
  void leave_handshakes();
  void advance();
  void begin_request();
  void read_more();
  bool read_head();
  bool read_body();
  void on_head();
  void handle();
  [[nodiscard]] size_t body_limit() const;
  void refuse(uint16_t status, std::string word, std::string detail, uint32_t retry_after_s = 0);
  void refuse_head();
  void refuse_body();
  void write(reply with);
  void write_continue();
  void on_written();
  void linger();
  void half_close();
  /// Takes off what still arrives, at most `left` bytes of it.
  void discard_input(size_t left);
  void count_incomplete();
  void drop_request();
  [[nodiscard]] size_t body_left() const;
  /// Ends an idle connection so that a request which is on its way gets an answer.
  void say_farewell();
  void wait_for_request();
  void limit(milliseconds time) {
    since_ = std::chrono::steady_clock::now();
    deadline_ = since_ + time;
  }

  client_stream stream_;
  std::shared_ptr<boost::asio::ssl::context> tls_;
  std::string peer_;
  std::shared_ptr<session_registry> shared_;
  request_pipeline& door_;
  boost::beast::flat_buffer in_;
  std::string out_;
  std::string body_;          ///< A large one, which is not copied behind its head.
  std::string_view lasting_;  ///< What is sent after `out_`: `body_`, or what lives as long as the program.
  std::optional<parser_type> parser_;
  head_scan scan_;
  request asked_;
  request_pipeline::route_match match_;
  phase phase_ = phase::idle;
  steady_time since_{};
  steady_time asked_at_{};  ///< When the whole request was here, or as far as it came; the epoch: there is none.
  steady_time deadline_ = steady_time::max();
  bool keep_alive_ = false;
  bool continue_pending_ = false;
  bool reading_ = false;
  std::optional<std::list<session*>::iterator> handshake_;  ///< Our place among those under way.
  size_t unsent_ = 0;                                       ///< Our shares of the budgets.
  size_t incomplete_ = 0;
  bool answered_ = false;  ///< At least one request of this connection.
};

}  // namespace orderflow
