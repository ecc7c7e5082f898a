#pragma once

#include <string>
#include <vector>

#include "daemon/config/error.h"
#include "daemon/core/policy/profile.h"
#include "plugin/wire/result.h"

namespace tlswatch::config {

/// Reads profile files (daemon/profiles/profiles.yaml explains the form) one behind the other: profiles and
/// matches of an earlier file come first. All errors at once. A profile that stands in two files is an error.
Result<policy::Profiles, Errors> load_profiles(const std::vector<std::string>& files);

}  // namespace tlswatch::config
