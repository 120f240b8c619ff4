// What is stored of an account; the rules of codec/stored_members.hpp, which includes this, hold.
#pragma once

#include <concepts>
#include <string_view>
#include <type_traits>

#include "domain/account/account.hpp"

namespace orderflow {

/// How a member is called in the store, and to clients where they are shown it.
struct member_name {
  std::string_view stored;
  std::string_view shown;
  // Not explicit: the lists of members read as names.
  constexpr member_name(const char* in_store, const char* to_clients = "") : stored(in_store), shown(to_clients) {}
  constexpr operator std::string_view() const { return stored; }
};

/// Several structs may have the same members.
template <class T, class... Structs>
concept form_of = (std::same_as<std::remove_const_t<T>, Structs> || ...);

// Parts.

void members(auto& with, form_of<account_key> auto& who) {
  auto& [tenant, user] = who;
  with("t", tenant);
  with("u", user);
}

void members(auto& with, form_of<contact> auto& reach) {
  auto& [email, phone, name, address] = reach;
  with("e", email);
  with("p", phone);
  with("n", name);
  with("a", address);
}

void members(auto& with, form_of<stored_method> auto& method) {
  auto& [token, first_name, last_name, first_digits, last_digits, brand, expiry_month, expiry_year] = method;
  with("t", token);
  with("f", first_name);
  with("l", last_name);
  with("fd", first_digits);
  with("ld", last_digits);
  with("b", brand);
  with("m", expiry_month);
  with("y", expiry_year);
}

void members(auto& with, form_of<cart_line> auto& line) {
  auto& [product, quantity] = line;
  with("p", product);
  with("q", quantity);
}

void members(auto& with, form_of<quoted_price> auto& told) {
  auto& [product, money, price] = told;
  with("p", product);
  with("c", money);
  with("a", price);
}

// Events of an account.

void members(auto& with, form_of<account_opened> auto& event) {
  auto& [who] = event;
  with("w", who);
}

void members(auto& with, form_of<cart_line_set> auto& event) {
  auto& [product, quantity, told] = event;
  with("p", product);
  with("q", quantity);
  with("t", told);
}

void members(auto& with, form_of<placement_settled> auto& event) {
  auto& [order, bought, lines] = event;
  with("o", order);
  with("b", bought);
  with("l", lines);
}

void members(auto& with, form_of<contact_changed> auto& event) {
  auto& [reach] = event;
  with("c", reach);
}

void members(auto& with, form_of<method_changed> auto& event) {
  auto& [method] = event;
  with("m", method);
}

void members(auto& with, form_of<quoted_prices> auto& event) {
  auto& [prices] = event;
  with("t", prices);
}

// The folded account.

void members(auto& with, form_of<account> auto& now) {
  auto& [version, who, reach, method, cart, round, told] = now;
  with("v", version);
  with("w", who);
  with("c", reach);
  with("m", method);
  with("l", cart);
  with("r", round);
  with("t", told);
}

}  // namespace orderflow
