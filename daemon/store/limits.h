#pragma once

#include <cstddef>
#include <cstdint>

/// What outsiders can make many of has its limit here.
namespace tlswatch::store {

/// Sessions kept of one device, the latest; up to kPruneEvery more for a while.
inline constexpr std::size_t kSessionsPerDevice = 64;
/// Sessions kept of one address that nobody's name is on.
inline constexpr std::size_t kSessionsPerAddress = 64;
/// Sessions that nobody's name is on, over all addresses.
inline constexpr std::uint64_t kMaxNamelessSessions = 262'144;
/// Reports, log lines and diagnoses kept of one device, the latest.
inline constexpr std::size_t kLinesPerDevice = 64;
/// Diagnoses kept of one incident that are of no device.
inline constexpr std::size_t kLinesPerIncident = 64;
inline constexpr std::size_t kPruneEvery = 16;

/// Bytes of a client id; a longer one is nobody's name here, as in core/fleet.
inline constexpr std::size_t kMaxDeviceId = 256;
/// Devices over all brokers; above it the one goes that is not connected and was seen longest ago.
inline constexpr std::uint64_t kMaxDevices = std::uint64_t{1} << 20;
/// Of them those that never came through: a name that was only claimed costs nothing to make.
inline constexpr std::uint64_t kMaxNeverThrough = 65'536;
/// Bytes of other outside text that are kept: a server name, OpenSSL's words, a firmware.
inline constexpr std::size_t kMaxText = 256;
/// Violations of one session.
inline constexpr std::size_t kMaxViolations = 16;

/// Incidents, open or over; the one goes that was seen longest ago.
inline constexpr std::uint64_t kMaxIncidents = 65'536;
/// Certificates of listeners, and of clients; the one goes that was seen longest ago.
inline constexpr std::uint64_t kMaxCertificates = 16'384;
/// Words of closed lists: causes, profiles, brokers, reasons.
inline constexpr std::size_t kMaxWords = 4096;
/// Session numbers of one ring; a higher one was made by nobody.
inline constexpr int kSessionBits = 40;
/// Streams whose position is kept; of rings and logs that are no longer configured the oldest go.
inline constexpr std::size_t kMaxStreams = 1024;

/// Events that wait in memory while the file cannot be written; further ones are dropped and counted.
inline constexpr std::size_t kMaxWaiting = 65'536;
/// And the bytes of their lines.
inline constexpr std::size_t kMaxWaitingBytes = std::size_t{64} * 1024 * 1024;

/// Pages of SQLite's cache, in KiB.
inline constexpr int kCacheKib = 16'384;

}  // namespace tlswatch::store
