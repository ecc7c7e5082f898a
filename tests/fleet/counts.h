#pragma once

#include <cstdint>
#include <span>

namespace tlswatch::fleet_sim {

/// What happened in a run; nothing of it depends on who reads the records.
struct Counts {
  std::uint64_t sessions = 0;    ///< of devices, seen from their beginning
  std::uint64_t failed = 0;      ///< of those
  std::uint64_t identified = 0;  ///< of those: named while they lasted
  std::uint64_t failing_devices = 0;
  std::uint64_t together = 0;      ///< of those: in an outbreak
  std::uint64_t never_again = 0;   ///< of those
  std::uint64_t tries = 0;         ///< planned for them; a run may end before they are made
  std::uint64_t unseen_tries = 0;  ///< that did not reach the broker
  std::uint64_t unnoticed = 0;     ///< failed sessions that only the broker's timeout ended
  std::uint64_t behind_nat = 0;    ///< devices
  std::uint64_t nat_groups = 0;
  std::uint64_t renewals = 0;
  std::uint64_t readdressed = 0;  ///< renewals with another address
  std::uint64_t renamed = 0;
  std::uint64_t returns = 0;          ///< of a device with something to report
  std::uint64_t reports_missing = 0;  ///< of those
  std::uint64_t reports = 0;          ///< records
  std::uint64_t with_certificate = 0;
  std::uint64_t clock_wrong = 0;
  std::uint64_t connected_before = 0;
  std::uint64_t scanners = 0;
  std::uint64_t scanners_inside = 0;
  std::uint64_t scans = 0;  ///< sessions of scanners
  std::uint64_t records = 0;
};

/// A count and its name.
struct CountRow {
  const char* name;
  std::uint64_t Counts::*value;
};
/// All of them, in the order above.
std::span<const CountRow> count_rows() noexcept;

/// Adds another run's counts.
void pool(Counts& into, const Counts& run);

}  // namespace tlswatch::fleet_sim
