#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daemon/core/incident/hours.h"

namespace tlswatch::store {

/// An incident's hours in one column: eight bytes for each hour and eight for its failures, as this machine
/// has them; the file stays beside its daemon.
std::string pack_hours(const std::vector<incident::HourCount>& hours);
std::vector<incident::HourCount> unpack_hours(std::string_view packed);

}  // namespace tlswatch::store
