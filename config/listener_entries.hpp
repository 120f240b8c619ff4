// Reading and printing `[[listener]]`, the one part of the configuration that is a list of tables.
#pragma once

#include <toml++/toml.h>

#include <string>
#include <vector>

#include "config/settings.hpp"

namespace orderflow {

/// Appends the entries of `node` and everything that is wrong with them. `source`: "file orderflow.toml".
void read_listeners(const toml::node& node, const std::string& source, std::vector<listener_entry>& into,
                    std::vector<std::string>& errors);

/// As TOML.
[[nodiscard]] std::string show_listeners(const std::vector<listener_entry>& all);

}  // namespace orderflow
