// The event log of a run, made comparable: what differs from run to run replaced by a placeholder of its
// type, everything else left as it is.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "event_log.h"

namespace tlswatch::scenarios {

/// What the run knows of itself.
struct RunFacts {
  std::map<std::uint16_t, std::string> listeners = {};  ///< port -> name
  std::vector<std::string> vary = {};                   ///< further paths to be replaced by "<varies>"
};

/// One JSON text a line, members sorted by name.
///
/// Order: by session, in the order in which the sessions appear, and by event.sequence within one. Session
/// ids become s1, s2, ... A placeholder stands only for a value of the right type and range: a port of 0, a
/// negative duration, or a destination port that is no listener's stays visible, and so does not compare
/// equal.
std::vector<std::string> normalise(const std::vector<harness::Event>& events, const RunFacts& facts);

}  // namespace tlswatch::scenarios
