// Expected against seen, down to the field.
#pragma once

#include <string>
#include <vector>

namespace tlswatch::scenarios {

/// Compares two logs of normalised lines.
///
/// returns  an empty string where they are the same; else one line for each difference, such as
///            line 3 (tls-handshake, s1): tlswatch.mfln.negotiated: expected 512, seen null
///          and whole lines where one side has more of them
std::string differences(const std::vector<std::string>& expected, const std::vector<std::string>& seen);

}  // namespace tlswatch::scenarios
