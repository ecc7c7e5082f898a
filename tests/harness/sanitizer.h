// Sanitized builds of the plugin in a broker that is not sanitized.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace tlswatch::harness {

/// What the broker's environment needs so that it can load a sanitized plugin: the AddressSanitizer runtime
/// first (LD_PRELOAD). Leaks are not looked for there, since the broker's own count as well. Empty in other
/// builds.
std::map<std::string, std::string> sanitizer_environment_for_broker();

/// The value of LD_PRELOAD that brings `library` into a program of this build, behind the AddressSanitizer
/// runtime where there is one: it has to be the first.
std::string preload(const std::string& library);

/// The first report of a sanitizer in what a program wrote to stderr; empty where there is none.
std::string_view sanitizer_report(std::string_view errors);

}  // namespace tlswatch::harness
