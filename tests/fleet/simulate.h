#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "options.h"
#include "score.h"
#include "world.h"

namespace tlswatch::fleet_sim {

/// Outcome: runs, played through the real pipeline.
struct Outcome {
  Counts counts;
  Result result;
  std::uint64_t events = 0;      ///< that the pipeline gave
  std::uint64_t unreadable = 0;  ///< records, sections, messages and reports that the pipeline could not read
};

/// Plays a fleet through event::Pipeline with the shipped profiles and knowledge.
///
/// runs     how many fleets, of seeds that follow one another; their scores are added
/// returns  the outcome, or a sentence where the shipped files cannot be read
std::variant<Outcome, std::string> simulate(const Options& options, std::uint32_t runs = 1);

}  // namespace tlswatch::fleet_sim
