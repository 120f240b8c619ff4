// What the process counts of its outages, for its log (cli/outage_watch.hpp) and for /health.
// Thread rule: any.
#pragma once

#include <string>
#include <vector>

#include "cli/outage_watch.hpp"

namespace orderflow {

class http_service;
struct metrics;

[[nodiscard]] outage_signs signs_of(const metrics& figures, const http_service& http);

/// Sentences for an operator: what is away, and how many orders wait for a person.
void add_outage_notes(std::vector<std::string>& notes, const metrics& figures);

}  // namespace orderflow
