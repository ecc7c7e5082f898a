#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/core/event/events.h"
#include "daemon/core/incident/incident_table.h"
#include "daemon/store/limits.h"
#include "daemon/store/memory.h"

namespace tlswatch::store {

/// Trouble: why something could not be done.
struct Trouble {
  enum class Kind : std::uint8_t {
    no_room,  ///< or no right to write: it may pass
    corrupt,  ///< it is no store, or a damaged one
    foreign,  ///< of a version that this program does not know, or another program's
    in_use,   ///< another daemon has it
    other,
  };
  Kind kind = Kind::other;
  std::string text;  ///< a sentence's end: "database or disk is full"
};

/// Retention: how long and how much; what is oldest goes first.
struct Retention {
  std::uint64_t age_ns = std::uint64_t{30} * 86400 * 1'000'000'000;
  std::uint64_t bytes = 2'000'000'000;
  std::uint64_t never_through = kMaxNeverThrough;  ///< devices that never came through
};

/// Writer puts events into the store's file, each once. One at a time, in the daemon's own thread.
///
/// add() copies, commit() writes all that waits in one transaction, together with each stream's position, so
/// that an event that comes again is left out. What could not be written waits in bounded memory (limits.h)
/// for the next commit(); above that it is dropped and counted.
class Writer {
 public:
  /// max_waiting  events that wait in memory while they cannot be written
  explicit Writer(std::size_t max_waiting = kMaxWaiting);
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  /// Opens or makes the file (mode 0640), locks out other daemons, and brings it up to date.
  std::optional<Trouble> open(const std::string& file);
  void close() noexcept;
  bool is_open() const noexcept;

  /// What the file knows of the fleet.
  void recall(const Recall& recall);

  /// `line`: its line of the event log; empty where it has none.
  void add(const event::Event& event, std::string_view line);
  void add(incident::Changes changes);

  /// After this the file has it all; else nothing of it, and it waits.
  std::optional<Trouble> commit();
  bool waiting() const noexcept;

  /// Whether the file has that event, or it waits.
  bool holds(std::string_view stream, std::uint64_t epoch, std::uint64_t sequence, std::uint64_t part) const;

  /// Removes some of what is too old or too much, at most about `rows`, and gives its room back.
  ///
  /// done  nothing is left to do now
  struct Tidied {
    bool done = true;
    std::optional<Trouble> trouble;
  };
  Tidied tidy(const Retention& retention, std::uint64_t now_unix_ns, std::size_t rows = 512);

  std::uint64_t written() const noexcept;  ///< events; all since the start
  std::uint64_t missed() const noexcept;   ///< events that were dropped since there was no room

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tlswatch::store
