#pragma once

#include <cstdint>
#include <string>

namespace tlswatch::fleet_sim {

/// What a client certificate's subject says: the client id that the device was shipped with, a number of its
/// own, or the same text in every device.
enum class CertificateName : std::uint8_t { id, serial, shared };

/// Options: the fleet that is simulated. Shares are of 1. README.md has the model that they belong to.
struct Options {
  std::uint64_t seed = 1;
  double days = 7;

  // The fleet.
  std::uint32_t devices = 10'000;
  std::uint32_t builds = 12;        ///< firmware builds; one JA4 each
  double nat = 0.60;                ///< of the devices: behind NAT
  std::uint32_t nat_group_min = 2;  ///< devices behind one public address
  std::uint32_t nat_group_max = 400;
  double lease_min_h = 1;  ///< DHCP leases, one length per pool
  double lease_max_h = 168;
  double reshuffled = 0.30;    ///< of the renewals: another address
  double certificates = 0.10;  ///< of the devices: with a client certificate
  CertificateName certificate_name = CertificateName::id;
  std::uint32_t psk_builds = 1;  ///< of the builds: with PSK in place of certificates
  double quiet = 0.05;           ///< of the devices: never publish, so that the broker names them at the end
  double renamed = 0.03;         ///< of the devices: get another client id during the run
  double clock_wrong = 0.10;     ///< of the devices
  double clock_error_max_s = 600;
  double clock_unset = 0.03;       ///< of the devices: never know the time
  double connected_before = 0.30;  ///< of the devices: connected before the daemon saw anything

  // Healthy life.
  double reconnects_per_day = 1;  ///< of a device that has no trouble
  double half_open = 0.50;        ///< of the lost connections: the broker does not notice
  std::uint32_t broker_restarts = 1;

  // Trouble.
  double failing = 0.05;        ///< of the devices
  std::uint32_t tries_min = 1;  ///< failed handshakes of one
  std::uint32_t tries_max = 50;
  double never_again = 0.20;  ///< of the failing: give up after their tries
  double outbreak = 0.50;     ///< of the failing: together with others of one build
  std::uint32_t outbreaks = 4;
  double first_contact = 0.10;  ///< of the failing: never connected before
  double unseen_tries = 0.05;   ///< of the tries: do not reach the broker, and have a code of their own
  double retry_first_s = 10;    ///< grows by itself with each failure
  double retry_max_s = 120;
  double power_cut = 0.10;  ///< of the failing: one power cut while they fail
  double reset = 0.15;      ///< of the failing: one reset while they fail
  double reports_missing = 0.10;

  // Outsiders.
  double scanners = 0.02;         ///< addresses that scan, as a share of the devices
  std::uint32_t scans_max = 20;   ///< connections of one
  double scanners_inside = 0.10;  ///< of the scanners: behind a NAT address where devices live
};

/// One sentence about the first value that does not fit; empty: all do.
std::string complaint(const Options& options);

}  // namespace tlswatch::fleet_sim
