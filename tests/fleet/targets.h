#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "score.h"

namespace tlswatch::fleet_sim {

inline constexpr double kSurePrecision = 0.98;
inline constexpr double kCalibration = 0.05;

/// Whether a decile is off: by more than kCalibration where its standard error is small enough, else only
/// where two standard errors more do not explain it.
bool off(const Decile& decile) noexcept;

/// The targets that do not hold, a sentence each.
///
/// reports  that came in the run: without one, nothing can be confirmed
std::vector<std::string> missed_targets(const Result& result, std::uint64_t reports);

}  // namespace tlswatch::fleet_sim
