#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "daemon/core/incident/incident_table.h"

/// What the tests of incidents share: a broker's signatures, its devices, and the time.
namespace tlswatch::incident {

inline constexpr std::uint64_t kSecond = kNsPerSecond, kMinute = 60 * kSecond, kHour = 60 * kMinute;
inline constexpr std::uint64_t kDay = 24 * kHour;
/// 2026-11-23 00:00 UTC.
inline constexpr std::uint64_t kMidnight = 1795392000 * kSecond;

inline constexpr Signature kUntrusted{"edge-1", "server-cert-untrusted", 8883, "tasmota-esp8266",
                                      "bearssl 62"};
inline constexpr Signature kNoCipher{"edge-1", "no-shared-cipher", 8883, "tasmota-esp8266", ""};

inline Victim device(std::string_view id) {
  return {Victim::Kind::device, "edge-1", id};
}
inline Victim place(std::string_view address) {
  return {Victim::Kind::place, "edge-1", address};
}

/// "opened server-cert-untrusted", one for each line that is due.
inline std::vector<std::string> lines(const std::vector<Due>& due) {
  constexpr std::string_view kSteps[] = {"none", "opened", "reopened", "resolved"};
  std::vector<std::string> out;
  for (const Due& line : due) {
    out.push_back(std::string(kSteps[static_cast<std::size_t>(line.step)]) + " " + line.incident->cause);
  }
  return out;
}

using Lines = std::vector<std::string>;

}  // namespace tlswatch::incident
