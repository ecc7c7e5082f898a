#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "daemon/core/diagnose/symptoms.h"

namespace tlswatch::event {

/// A packet of a DISCONNECT's size that came this long before the end was the last thing the client said.
inline constexpr std::uint64_t kJustNowNs = 1'000'000'000;

/// EndFacts: what is known about the end of an established session.
struct EndFacts {
  std::int32_t given = -1;  ///< Mosquitto's reason; -1: it gave none (2.0), or no DISCONNECT event came
  diagnose::ClosedBy closed_by = diagnose::ClosedBy::unknown;
  bool has_client_id = false;
  bool has_username = false;
  std::uint16_t last_packet_least = 0;  ///< plaintext bytes of the last record received, between two bounds
  std::uint16_t last_packet_most = 0;   ///< 0: not known
  std::optional<std::uint64_t> ns_since_last_in;  ///< nothing: TCP did not say (2.0's websockets)
  std::optional<std::uint64_t> lasted_ns;
  wire::Transport transport = wire::Transport::unknown;
  std::uint16_t keepalive_s = 0;  ///< 0: none, or not known
  std::string_view told_by_log;   ///< what the broker's log proves; empty: nothing. Lives for ever
};

/// event.reason of a session-end, one of the contract's. Lives for ever.
///
/// Mosquitto 2.1 says why: its reasons and MQTT 5's reason codes are a table. 2.0 tells plugins nothing, but
/// prints some reasons into its log (daemon/core/broker_log), which decide where they are read. Else the
/// reason is read off the wire, by the first row of a second table that holds:
///   - a user name without a client id is a refused login: 2.0 clears the id;
///   - a last packet of a DISCONNECT's size that came just now was one (PINGREQ has that size too, but no end
///     follows it; over websockets so has a Close frame with a code). Where TCP did not say when it came, the
///     session was too short for a keepalive to run out, and nothing says that the client left;
///   - ended by the broker after 1.5 times the keepalive without a byte (MQTT 3.1.1 section 3.1.2.10);
///   - reset, or closed by the client (diagnose::closed_by).
/// Limit: 2.0 ends a session also for a take-over or a bad packet; without its log that is `unknown`, as
/// nothing else tells them apart.
std::string_view end_reason(const EndFacts& facts) noexcept;

/// Mosquitto's and MQTT 5's reasons, for tests that walk them.
struct GivenReason {
  std::int32_t code;
  std::string_view reason;  ///< empty: as TCP says
  std::string_view name;    ///< where the number comes from
};
std::span<const GivenReason> given_reasons() noexcept;

}  // namespace tlswatch::event
