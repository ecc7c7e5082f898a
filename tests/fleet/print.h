#pragma once

#include <string>
#include <vector>

#include "simulate.h"

namespace tlswatch::fleet_sim {

/// The run in tables, for people.
std::string to_table(const Outcome& outcome, const std::vector<std::string>& missed);

/// The same as one JSON object with a line break behind it, for machines.
std::string to_json(const Outcome& outcome, const std::vector<std::string>& missed);

}  // namespace tlswatch::fleet_sim
