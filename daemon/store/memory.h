#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "daemon/core/fleet/device_table.h"
#include "daemon/core/fleet/session_table.h"
#include "daemon/core/incident/incident_table.h"

namespace tlswatch::store {

/// Recall: who takes what the store knows, to have it in memory again after a start. Called in the order of
/// its members; of devices that fail, of the others, and of incidents, those that were seen last come last.
struct Recall {
  /// The number of a broker in the configuration; nothing: it has gone, and what was there is left out.
  std::function<std::optional<std::uint32_t>(std::string_view broker)> broker;
  /// Up to where a stream's events are in what follows.
  std::function<void(std::string_view stream, std::uint64_t epoch, std::uint64_t sequence)> counted;
  std::function<void(const fleet::Device&)> device;
  /// One that is open.
  std::function<void(const fleet::Session&)> session;
  std::function<void(const incident::State&)> incident;
  std::function<void(const incident::State& of, std::uint64_t victim, const incident::VictimTable::Entry&)>
      victim;
};

}  // namespace tlswatch::store
