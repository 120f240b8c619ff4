#include "http/auth/signed_body.hpp"

#include "codec/json.hpp"
#include "http/auth/signature.hpp"

namespace orderflow {

namespace {

void write_value(json_writer& out, const json_value& value) {
  switch (value.is) {
    case json_value::kind::null: out.null(); break;
    case json_value::kind::boolean: out.boolean(value.truth); break;
    case json_value::kind::number: out.raw(value.text); break;
    case json_value::kind::string: out.string(value.text); break;
    case json_value::kind::array:
      out.begin_array();
      for (const auto& each : value.items) write_value(out, each);
      out.end_array();
      break;
    case json_value::kind::object:
      out.begin_object();
      for (const auto& [name, member] : value.members) {
        std::string escaped;
        append_escaped(escaped, name);
        write_value(out.key(std::string_view{escaped}.substr(1, escaped.size() - 2)), member);
      }
      out.end_object();
      break;
  }
}

/// Strings and numbers as their own text; anything else is none.
std::string text_of(const json_value& object, std::string_view name) {
  const auto* member = object.find(name);
  if (member == nullptr) return {};
  const bool has_text = member->is == json_value::kind::string || member->is == json_value::kind::number;
  return has_text ? member->text : std::string{};
}

void put_text(json_value& object, std::string_view name, const std::string& text) {
  json_value value;
  value.is = json_value::kind::string;
  value.text = text;
  for (auto& [known, member] : object.members) {
    if (known == name) return void(member = std::move(value));
  }
  object.members.emplace_back(name, std::move(value));
}

/// What is signed, or a sentence in `error`.
signed_order order_of(const json_value& body, const std::string& token, std::string& error) {
  signed_order order{text_of(body, "userId"), token, text_of(body, "orderAmount"), {}, text_of(body, "timestamp"),
                     text_of(body, "nonce")};
  if (order.user.empty()) error = "the body has no userId";
  if (order.amount.empty()) error = "the body has no orderAmount";
  const auto* items = body.find("items");
  if (items == nullptr || items->is != json_value::kind::array) {
    error = "the body has no list of items";
    return order;
  }
  for (const auto& item : items->items) {
    const auto* quantity = item.find("quantity");
    const auto count = quantity == nullptr ? std::nullopt : quantity->as_integer();
    order.lines.push_back({text_of(item, "productId"), count.value_or(0)});
    if (!count || order.lines.back().product.empty()) error = "each item needs a productId and a whole number as quantity";
  }
  return order;
}

}  // namespace

signed_body sign_body(std::string_view body, const std::string& token, const secret<std::string>& key) {
  auto parsed = parse_json(body);
  if (const auto* wrong = std::get_if<json_error>(&parsed)) return {{}, "the body is not JSON: " + wrong->message};
  auto& value = std::get<json_value>(parsed);
  if (value.is != json_value::kind::object) return {{}, "the body is not a JSON object"};
  std::string error;
  const auto order = order_of(value, token, error);
  if (!error.empty()) return {{}, error};
  put_text(value, "token", token);
  put_text(value, "signature", sign_order(order, key));
  signed_body made;
  json_writer out{made.body};
  write_value(out, value);
  return made;
}

}  // namespace orderflow
