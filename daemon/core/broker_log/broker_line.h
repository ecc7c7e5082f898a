#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

#include "daemon/core/wire/facts.h"

/// Mosquitto's own log, read for what its plugins are not told: who a connection is at its CONNECT, and why
/// the broker ended it.
namespace tlswatch::broker_log {

/// Bytes of one line that are read at most: a client id and a user name of 1024 bytes each fit in.
inline constexpr std::size_t kMaxLine = 4096;

/// Connected: "New client connected from 10.0.0.7:41022 as boiler (p2, c1, k60, u'fred')."
/// (handle_connect.c). Views into the line; id and user are outside text.
struct Connected {
  facts::Address peer;
  std::string_view outside_id;
  std::string_view outside_user;  ///< empty: none
  std::uint16_t keepalive_s = 0;
};

/// Left: "Client boiler has exceeded timeout, disconnecting." and the like (loop.c, handle_connect.c).
struct Left {
  std::string_view outside_id;  ///< empty: the broker knows none ("<unknown>", 2.0.11)
  std::string_view reason;      ///< event.reason that the line proves; empty: it proves none. Lives for ever
};

/// "mosquitto version 2.0.11 starting": no connection that stands above it is still there.
struct Restarted {};

/// Every other line.
struct Other {};

/// More than one way to read a line: its id holds text that only the broker writes there.
struct Ambiguous {};

struct BrokerLine {
  std::optional<std::uint64_t> unix_s;  ///< log_timestamp's seconds; nothing: another form, or no time
  std::variant<Other, Ambiguous, Connected, Left, Restarted> what;
};

/// Reads one line of Mosquitto's log.
///
/// line     without its newline. Client ids and user names in it are outside text that may hold anything but
///          control characters (the broker refuses those), so also what looks like another line: the line's
///          beginning and end are the broker's own, and only they are looked at. Where an id could still be
///          read in two ways it is Ambiguous, never a guess
/// time     Mosquitto's own ("1795473021: "), or none. log_timestamp_format: times of digits, such as
///          %Y-%m-%dT%H:%M:%S, are skipped, as their zone is not known
/// limits   lines of kMaxLine bytes and more are Other; IPv4-mapped addresses are stored as IPv4; interface
///          names behind IPv6 addresses are not understood. Lines of 2.1 that say why a client left are
///          Other: 2.1 tells plugins itself
BrokerLine read_line(std::string_view line) noexcept;

/// A phrase that ends a line about a client, and the reason it proves; for tests that walk them.
struct Phrase {
  std::string_view text;
  std::string_view reason;
};
std::span<const Phrase> phrases() noexcept;

}  // namespace tlswatch::broker_log
