#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "daemon/core/fleet/lru_map.h"
#include "daemon/core/incident/fold.h"

/// Strangers: who knocks at a broker's port and is no device of the fleet: scanners, browsers, health checks.
/// They stand apart: no incident, nobody is paged, and they are counted.
namespace tlswatch::incident {

/// StrangerFacts: what is known of a failure's source, on that broker.
struct StrangerFacts {
  std::string_view cause;          ///< of the failure
  bool device_at_address = false;  ///< a device has succeeded from this address
  bool ja4_succeeded = false;      ///< this JA4 was in a success; false where there was no hello
  bool profile_matched = false;    ///< a profile says which devices say such a hello, or come from there
  bool device_named = false;       ///< by certificate, PSK, CONNECT or the broker's log
  std::uint64_t devices_known = 0;
};

/// Whether a failure is a stranger's. It is, where no device has ever succeeded from its address, none is
/// named, and
/// - what it sent is no TLS (`not-tls`, `scanner`), or
/// - its hello is odd: its JA4 never succeeded and no profile matched, though devices are known.
/// While none is known no hello is odd: the first device that fails is not hidden. `plain-mqtt-on-tls-port`
/// is never a stranger's: who sends a CONNECT is a device with the wrong setting.
///
/// limits  the first devices of a new kind, from addresses that no device ever used, look like strangers
///         until one succeeds or a profile has them; their lines still have cause and fix
bool is_stranger(const StrangerFacts& facts) noexcept;

/// Addresses remembered; the one that was silent longest is forgotten, and then counts as new.
inline constexpr std::size_t kMaxStrangers = 16384;
/// Pairs of broker and cause that are counted apart; causes are the contract's, so brokers are what counts.
inline constexpr std::size_t kMaxStrangerCauses = 4096;
/// Lines about strangers per broker and cause within an hour: a scan from a million addresses is told by
/// these and by the counts in them.
inline constexpr std::uint32_t kStrangerLinesPerHour = 60;

/// StrangerTable counts strangers per broker and cause, and tells which of their failures are said.
class StrangerTable {
 public:
  struct Counted {
    bool say = false;
    std::uint64_t of_address = 0;  ///< failures, this one included; since it was last forgotten
    std::uint64_t of_cause = 0;    ///< of this broker and cause, from all addresses; exact
  };

  explicit StrangerTable(std::size_t addresses = kMaxStrangers) : addresses_(addresses) {}

  /// Counts one failure. The 1st, 2nd, 3rd, 10th, 100th ... of an address is said, and one an hour while it
  /// goes on (fold.h), but no more than kStrangerLinesPerHour.
  Counted count(std::string_view broker, std::string_view cause, std::string_view address,
                std::uint64_t time_unix_ns);

  std::size_t addresses() const noexcept { return addresses_.size(); }
  std::uint64_t forgotten() const noexcept { return addresses_.forgotten() + causes_.forgotten(); }
  /// Failures that were counted and not said.
  std::uint64_t unsaid() const noexcept { return unsaid_; }

 private:
  struct OfCause {
    std::uint64_t failures = 0;
    std::uint32_t hour = 0;  ///< in which `lines` were said
    std::uint32_t lines = 0;
  };
  fleet::LruMap<std::uint64_t, Fold> addresses_;
  fleet::LruMap<std::uint64_t, OfCause> causes_{kMaxStrangerCauses};
  std::uint64_t unsaid_ = 0;
};

}  // namespace tlswatch::incident
