#include "gateways/sandbox_post.hpp"

#include <stdexcept>
#include <variant>

#include "codec/json.hpp"

namespace orderflow {

namespace {

std::string text_of(const json_value& object, std::string_view name) {
  const auto* member = object.find(name);
  return member ? member->text : std::string{};
}

json_value read_line(const line_file& file, std::string_view text, uint64_t number) {
  auto parsed = parse_json(text, {.allow_nul = true});
  if (auto* object = std::get_if<json_value>(&parsed); object && object->is == json_value::kind::object)
    return std::move(*object);
  throw std::runtime_error{file.path() + " line " + std::to_string(number) +
                           " is not a line of the sandbox; repair it or start with an empty directory"};
}

}  // namespace

std::string tracking_number_of(order_id order, std::string_view key) {
  constexpr uint64_t numbers = 90'000'000;
  // Without a factor in common with `numbers`, so that neighbouring orders get numbers that look unlike and never meet.
  constexpr uint64_t spread = 48'271;
  const auto id = static_cast<uint64_t>(order.value);
  const auto extra = key == "ship/" + std::to_string(order.value) ? 0 : stable_hash(key);
  return std::to_string(10'000'000 + (id % numbers * spread + extra % numbers) % numbers);
}

sandbox_shipments::sandbox_shipments(std::string path, const clock& time) : time_(time), file_(std::move(path)) {
  file_.read_lines(
      [&](std::string_view text, uint64_t number) { booked_.insert(digest_of(text_of(read_line(file_, text, number), "key"))); });
}

void sandbox_shipments::book(const booking_request& request, std::function<void(booking_answer)> answered) {
  const auto tracking = tracking_number_of(request.order, request.key);
  bool written = true;
  {
    std::lock_guard hold{mutex_};
    if (!booked_.contains(digest_of(request.key))) {
      std::string line;
      json_writer json{line};
      json.begin_object();
      json.key("key").string(request.key);
      json.key("order").integer(request.order.value);
      json.key("tracking").string(tracking);
      json.key("name").string(request.name);
      json.key("address").string(request.address);
      json.key("at").integer(to_ms(time_.now()));
      json.end_object();
      written = file_.append(line + "\n");
      if (written) booked_.insert(digest_of(request.key));
    }
  }
  if (!written) return answered({booking_status::failed, {}, "the sandbox cannot write its parcels"});
  answered({booking_status::booked, tracking, {}});
}

std::string sandbox_mailbox::deliver(const outgoing_message& message) {
  std::string line;
  json_writer json{line};
  json.begin_object();
  json.key("id").string(message.id);
  json.key("channel").string(message.channel);
  json.key("recipient").string(message.recipient);
  json.key("subject").string(message.subject);
  json.key("text").string(message.text);
  json.key("at").integer(to_ms(time_.now()));
  if (!message.tenant.empty()) json.key("tenant").string(message.tenant);
  json.end_object();
  std::lock_guard hold{mutex_};
  return file_.append(line + "\n") ? std::string{} : "the sandbox cannot write its mail";
}

std::vector<sent_message> sandbox_mailbox::sent() const {
  std::vector<sent_message> messages;
  file_.read_lines([&](std::string_view text, uint64_t number) {
    const auto line = read_line(file_, text, number);
    const auto* at = line.find("at");
    messages.push_back({{text_of(line, "id"), text_of(line, "channel"), text_of(line, "recipient"), text_of(line, "subject"),
                         text_of(line, "text"), std::nullopt, order_id{}, text_of(line, "tenant")},
                        from_ms(at ? at->as_integer().value_or(0) : 0)});
  });
  return messages;
}

}  // namespace orderflow
