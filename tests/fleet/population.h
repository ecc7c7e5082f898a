#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "device_memory.h"
#include "failures.h"
#include "firmware.h"
#include "network.h"
#include "options.h"
#include "random.h"

namespace tlswatch::fleet_sim {

/// When a run begins: 2026-11-22, Unix time.
inline constexpr std::int64_t kBeginUnixS = 1'795'366'544;

/// Trouble: that a device cannot connect for a number of tries.
struct Trouble {
  std::uint32_t device = 0;
  double at_s = 0;  ///< since the run's begin
  const Failure* failure = nullptr;
  std::uint32_t tries_left = 0;
  bool never_again = false;          ///< it gives up after its tries
  bool first_contact = false;        ///< it has not connected before
  std::uint32_t power_cut_left = 0;  ///< with so many tries left its power is cut; 0: never
  std::uint32_t reset_left = 0;      ///< the same, a reset
  std::uint32_t outbreak = 0;        ///< number of the outbreak; 0: alone
};

/// What a device is doing.
enum class Doing : std::uint8_t { nothing, waiting, trying, online, gone };

struct Device {
  std::uint32_t build = 0;
  std::uint32_t listener = 0;
  std::string id;
  std::string shipped_id;  ///< also its PSK identity
  std::string user;
  std::string certificate_name;
  ByteVector client_message;   ///< its Certificate message; empty: it has no certificate
  ByteVector renewed_message;  ///< of a certificate that runs out: with the one that replaces it
  std::int64_t clock_offset_s = 0;
  bool clock_set = true;
  bool quiet = false;

  Doing doing = Doing::nothing;
  std::uint32_t plans = 0;  ///< grows when what was planned for it no longer holds
  std::uint64_t session = 0;
  std::uint32_t failures_in_row = 0;
  std::optional<Trouble> trouble;
  std::unique_ptr<DeviceMemory> memory;  ///< of a device that has failed
};

std::vector<Device> make_devices(const Options& options, const Network& network,
                                 const std::vector<Build>& builds, Random& random);

/// Who fails when, and how. `outbreak_at_s` are the times of the outbreaks.
///
/// Where that is a certificate that runs out, the device gets one that does so then.
std::vector<Trouble> plan_troubles(const Options& options, std::vector<Device>& devices,
                                   const std::vector<Build>& builds, const Network& network,
                                   const std::vector<double>& outbreak_at_s, Random& random);

}  // namespace tlswatch::fleet_sim
