// What is stored of the inventory and the catalogue; the rules of codec/stored_members.hpp, which includes this, hold.
#pragma once

#include "codec/stored_account_members.hpp"
#include "domain/catalogue/catalogue.hpp"
#include "domain/inventory/inventory.hpp"

namespace orderflow {

// Parts.

void members(auto& with, form_of<stock_line> auto& line) {
  auto& [product, quantity] = line;
  with("p", product);
  with("q", quantity);
}

void members(auto& with, form_of<reservation_key> auto& key) {
  auto& [order, round] = key;
  with("o", order);
  with("r", round);
}

void members(auto& with, form_of<product> auto& item) {
  auto& [id, name, money, price] = item;
  with("i", id);
  with("n", name);
  with("m", money);
  with("p", price);
}

// Events.

void members(auto& with, form_of<lines_reserved, lines_released, lines_consumed> auto& event) {
  auto& [key, lines] = event;
  with("k", key);
  with("l", lines);
}

void members(auto& with, form_of<key_voided> auto& event) {
  auto& [key] = event;
  with("k", key);
}

void members(auto& with, form_of<stock_adjusted> auto& event) {
  auto& [product, delta, why] = event;
  with("p", product);
  with("d", delta);
  with("y", why);
}

void members(auto& with, form_of<product_put> auto& event) {
  auto& [item] = event;
  with("i", item);
}

}  // namespace orderflow
