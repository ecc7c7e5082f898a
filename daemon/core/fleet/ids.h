#pragma once

#include <cstdint>
#include <string>
#include <string_view>

/// The names by which log lines are found again: unique over brokers and restarts, and the same whenever the
/// same record is read again.
namespace tlswatch::fleet {

/// RingId: one ring of one broker; a broker gets a new epoch with a new ring file. Other streams of events
/// are named in the same way: `<broker>/log`, `<broker>/syslog`.
struct RingId {
  std::string_view broker;  ///< its name in the configuration
  std::uint64_t epoch = 0;
};

/// `<broker>:<epoch in hex>:<session number>`; empty where the number is 0, about no session.
std::string session_text(const RingId& ring, std::uint64_t session);

/// `<broker>:<epoch in hex>:<sequence>`, with `.<part>` behind it for every further line from the same
/// record. Parts of one record grow, so a position in the log can be compared: (sequence, part).
std::string event_id(const RingId& ring, std::uint64_t sequence, std::uint64_t part = 0);

/// EventPosition: an event.id taken apart again.
struct EventPosition {
  std::string_view stream;
  std::uint64_t epoch = 0;
  std::uint64_t sequence = 0;
  std::uint64_t part = 0;
};

/// Reads an event.id. False where the text is none.
bool parse_event_id(std::string_view id, EventPosition& out) noexcept;

}  // namespace tlswatch::fleet
