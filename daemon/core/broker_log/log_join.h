#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/core/broker_log/broker_line.h"
#include "daemon/core/fleet/lru_map.h"
#include "daemon/core/fleet/session_table.h"

namespace tlswatch::broker_log {

/// Connections of the log, and sessions of the ring, that wait for their other half; the oldest goes first.
inline constexpr std::size_t kMaxWaiting = 131072;
/// Ends that the log told and no session has claimed.
inline constexpr std::size_t kMaxEnds = 8192;
/// How far the times of one thing in ring and log may lie apart: the broker writes both itself, one right
/// after the other.
inline constexpr std::uint64_t kSlackNs = 250'000'000;
/// How long an end that the log told is kept.
inline constexpr std::uint64_t kKeepEndsNs = 10'000'000'000;

/// Span: between which times a line was written. Mosquitto's seconds say it to the second, a reader that
/// reads along to the time between two looks.
struct Span {
  std::uint64_t from_ns = 0;
  std::uint64_t to_ns = 0;
};

/// Login: what a CONNECT line says.
struct Login {
  std::string outside_id;
  std::string outside_user;  ///< empty: none
  std::uint16_t keepalive_s = 0;
};

/// Named: a session whose CONNECT line was found.
struct Named {
  fleet::SessionKey session;
  std::uint64_t since_ns = 0;  ///< when its handshake was done
};

/// LogJoin: which line of one broker's log is about which session of its ring. Either may come first.
///
/// A CONNECT line belongs to the session of the same address and port that was established, and not yet
/// ended, when it was written. Where two sessions could be meant, or two lines, neither is taken: what is
/// said here is exact or not said. An end is told by a line with the session's own id, or for a client
/// without one by
/// "<unknown>", written as the session ended; where several such lines disagree, none counts.
class LogJoin {
 public:
  struct Counters {
    std::uint64_t joined = 0;
    std::uint64_t ambiguous = 0;  ///< lines that could be read in two ways, or meant two sessions
    std::uint64_t ends = 0;       ///< ends whose reason the log told
  };

  explicit LogJoin(std::size_t max_waiting = kMaxWaiting) : peers_(max_waiting) {}

  /// The ring: a handshake is done. Returns what a line that came before it says.
  std::optional<Login> established(const fleet::SessionKey& session, const facts::Address& peer,
                                   std::uint64_t at_ns);

  /// The ring: a session ended. `id` is the client's, empty where it is not known.
  ///
  /// returns  the reason that the log proves; empty: none. Lives for ever
  std::string_view ended(const fleet::SessionKey& session, const facts::Address& peer, std::string_view id,
                         std::uint64_t at_ns);

  /// The log: a CONNECT. Returns the session it is about, if that is known by now.
  std::optional<Named> connected(const Connected& line, const Span& written);

  /// The log: a client was seen off.
  void left(const Left& line, const Span& written);

  /// The log: a line that was read as Ambiguous.
  void ambiguous() noexcept { ++counters_.ambiguous; }

  /// The log: the broker has started anew. The ring says the same by its own record.
  void restarted();

  const Counters& counters() const noexcept { return counters_; }
  std::size_t waiting() const noexcept { return peers_.size(); }
  std::size_t waiting_ends() const noexcept { return ends_.size(); }

 private:
  /// Peer: what one address and port was last used for, on both sides.
  struct Peer {
    bool has_session = false;
    fleet::SessionKey session;
    std::uint64_t since_ns = 0;
    std::uint64_t ended_ns = 0;        ///< 0: it lasts
    std::uint64_t earlier_end_ns = 0;  ///< of the session before it
    bool named = false;                ///< a line was found for it
    std::optional<Login> login;        ///< a line without a session yet
    Span written;                      ///< of that line
    bool unclear = false;              ///< two such lines
  };
  struct Hash {
    std::size_t operator()(const facts::Address& address) const noexcept;
  };
  struct End {
    std::string outside_id;
    std::string_view reason;
    Span written;
  };

  fleet::LruMap<facts::Address, Peer, Hash> peers_;
  std::deque<End> ends_;
  Counters counters_;
};

}  // namespace tlswatch::broker_log
