#include "gateways/remote_cart.hpp"

#include <optional>

#include "codec/json.hpp"

namespace orderflow {

namespace {

constexpr size_t longest_product = 1'024;

/// Identifiers come as texts or as integers: 101 is "101".
std::string identifier_in(const json_value& object, std::string_view name) {
  const auto* found = object.find(name);
  const bool right = found != nullptr && (found->is == json_value::kind::string || found->as_integer());
  return right ? found->text : std::string{};
}

std::optional<cart_line> read_line(const json_value& item) {
  const auto* quantity = item.find("quantity");
  cart_line line{product_id{identifier_in(item, "productId")}, quantity == nullptr ? 0 : quantity->as_integer().value_or(0)};
  const bool right = !line.product.value.empty() && line.product.value.size() <= longest_product && line.quantity >= 1 &&
                     line.quantity <= max_cart_quantity;
  if (!right) return std::nullopt;
  return line;
}

fetched_cart failed(std::string why) { return {{}, {}, std::move(why)}; }

std::string failure_of(const http_outcome& outcome) {
  if (const auto* failure = std::get_if<http_failure>(&outcome)) return failure->reason;
  const auto status = std::get<http_reply>(outcome).status;
  return status == 200 ? std::string{} : "the cart service answered " + std::to_string(status);
}

}  // namespace

fetched_cart read_cart(const std::string& text, const std::string& user) {
  const auto parsed = parse_json(text);
  const auto* object = std::get_if<json_value>(&parsed);
  if (object == nullptr || object->is != json_value::kind::object) return failed("the cart service's answer is no JSON object");
  if (identifier_in(*object, "userId") != user) return failed("the cart service's answer is not about the user asked for");
  const auto* items = object->find("items");
  if (items == nullptr || items->is != json_value::kind::array || items->items.size() > max_cart_lines)
    return failed("the cart service's answer has no list of items, or too many");
  fetched_cart cart;
  for (const auto& item : items->items) {
    const auto line = read_line(item);
    if (!line) return failed("the cart service's answer has an item without a product or a quantity from 1");
    cart.lines.push_back(*line);
    const auto* price = item.find("price");
    cart.prices.push_back(price != nullptr && price->is == json_value::kind::number ? price->text : std::string{});
  }
  return cart;
}

void remote_cart::fetch(const std::string& user, std::function<void(fetched_cart)> answered) {
  over_.send(request_to(http_method::get, with_.url + "/api/cart/" + escaped_segment(user), with_.token, with_.timeout),
             [user, answered = std::move(answered)](const http_outcome& outcome) {
               auto failure = failure_of(outcome);
               if (!failure.empty()) return answered(failed(std::move(failure)));
               answered(read_cart(std::get<http_reply>(outcome).body, user));
             });
}

void remote_cart::clear(const std::string& user, std::function<void(std::string)> answered) {
  over_.send(request_to(http_method::delete_, with_.url + "/api/cart/clear/" + escaped_segment(user), with_.token, with_.timeout),
             [answered = std::move(answered)](const http_outcome& outcome) { answered(failure_of(outcome)); });
}

}  // namespace orderflow
