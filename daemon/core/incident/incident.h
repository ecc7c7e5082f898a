#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/core/incident/fold.h"
#include "daemon/core/incident/hours.h"

namespace tlswatch::incident {

/// Signature: failures with the same one are one incident. Views are read, or copied, within a call.
struct Signature {
  std::string_view broker;   ///< its name in the configuration
  std::string_view cause;    ///< a cause id
  std::uint16_t port = 0;    ///< of the listener; 0: not known
  std::string_view profile;  ///< empty: none fits
  std::string_view subject;  ///< the certificate's SHA-256, or a code such as `bearssl 62`; empty: neither
};

/// Hash of a signature: the same on every machine and after every start.
std::uint64_t hash(const Signature& signature) noexcept;

/// Victim: who is affected.
struct Victim {
  enum class Kind : std::uint8_t {
    device,  ///< `key` is a client id
    place,   ///< nobody knows the device: `key` is the address, with the JA4 where there was a hello
  };
  Kind kind = Kind::device;
  std::string_view broker;
  std::string_view key;
};

std::uint64_t hash(const Victim& victim) noexcept;

/// Step: what became of an incident; what is not `none` is a line of the log.
enum class Step : std::uint8_t { none, opened, reopened, resolved };

/// Texts of a signature are kept up to this many bytes; all of them counts for the hash.
inline constexpr std::size_t kMaxText = 256;

/// Incident: what is known of the failures of one signature.
struct Incident {
  std::string id;  ///< `<broker>:i<16 hex digits>`: the hash of the signature and of when it was first seen
  std::string broker, cause, profile, subject;
  std::uint16_t port = 0;

  bool open = false;
  std::uint64_t devices = 0;  ///< affected, distinct; exact unless `devices_at_least`
  bool devices_at_least = false;
  std::uint64_t failing = 0;   ///< remembered victims that have not succeeded since
  std::uint64_t failures = 0;  ///< exact
  std::uint64_t reopened = 0;  ///< times, told or not; exact
  std::uint64_t first_seen_unix_ns = 0;
  std::uint64_t last_seen_unix_ns = 0;
  std::uint64_t resolved_unix_ns = 0;  ///< whole seconds; 0: it never was
  HourCounts hours;
  std::string merged_into;  ///< id of the incident that took its last failures; empty: it has its own
};

}  // namespace tlswatch::incident
