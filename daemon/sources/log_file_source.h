#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "daemon/core/broker_log/broker_line.h"
#include "daemon/core/broker_log/log_join.h"
#include "daemon/sources/log_cursor.h"

namespace tlswatch::sources {

/// Bytes of a log that are read at once.
inline constexpr std::size_t kLogChunk = 128 * 1024;
/// Before the cursor, read once more at a start, so that what was known of open connections is known again.
inline constexpr std::uint64_t kLogAgain = 1024 * 1024;
/// Of a log that was never read before: the broker may have been up for long.
inline constexpr std::uint64_t kLogFirst = 16 * 1024 * 1024;

/// LogFileSource follows the log file of one broker, line by line, over restarts and rotation of either kind.
///
/// A file that was renamed is read to its end; the new one is taken once it has a byte, since the broker
/// writes into one at a time. A file that was emptied in place (copytruncate) is known by its size or by the
/// bytes before the position, which are compared. A position survives in the cursor file: a line is read once
/// in the lives of all daemons, but for those that are given `again`. Lost is only what was written, while no
/// daemon ran or between two looks, into a file that is gone or empty at the next one.
///
/// Only lines that say something come out, each with the time within which it was written. A line without a
/// time of its own is timed by having come since the last look; such lines from before the first look are
/// counted and left out, since they could be about any connection of that address.
class LogFileSource {
 public:
  struct Line {
    broker_log::BrokerLine what;  ///< views valid until pop()
    broker_log::Span written;
    std::uint64_t sequence = 0;  ///< the offset of its end: grows within an epoch
    bool again = false;          ///< was taken by an earlier daemon: known, and not to be logged
  };

  LogFileSource(std::string file, std::string cursor) : path_(std::move(file)), cursor_(std::move(cursor)) {}
  ~LogFileSource();
  LogFileSource(const LogFileSource&) = delete;
  LogFileSource& operator=(const LogFileSource&) = delete;

  /// Sees what has become of the file; `now` is the time (Unix, ns). All that was popped must be committed.
  void look(std::uint64_t now_unix_ns);

  /// The next line, read where needed, or null where there is none yet.
  const Line* front();
  void pop();

  std::uint64_t epoch() const noexcept { return at_.epoch; }

  /// What was popped is in the event log. Returns what is wrong, or nothing; it may be tried again.
  std::optional<std::string> commit();

  /// A sentence for people whenever something changed.
  std::optional<std::string> take_message() { return std::exchange(message_, std::nullopt); }

  std::uint64_t untimed_lines() const noexcept { return untimed_; }
  std::uint64_t long_lines() const noexcept { return long_; }

 private:
  bool open_first();
  bool resume(const LogPosition& known);
  bool find_renamed(const LogPosition& known);
  bool begin_file(std::uint64_t offset);
  void follow_rotation();
  bool same_file() const;
  void read_from(std::uint64_t offset);
  bool refill();
  bool read_line(std::string_view& out);
  bool time_line(Line& line);
  void close() noexcept;
  void tell(std::string text);

  std::string path_;
  LogCursor cursor_;
  int fd_ = -1;
  bool started_ = false;
  LogPosition at_;  ///< the file, and how far its lines were popped
  LogPosition committed_;
  std::uint64_t new_from_ = 0;  ///< lines that end up to here come again
  std::string buffer_;          ///< from offset at_.offset on
  std::size_t used_ = 0;        ///< bytes of buffer_ that were popped or skipped
  std::uint64_t read_to_ = 0;   ///< offset behind the buffer
  bool skipping_ = false;       ///< in a line that is too long, or whose beginning was not read
  std::optional<Line> line_;
  std::size_t line_end_ = 0;  ///< of line_ in buffer_
  bool at_end_ = false;       ///< nothing was left to read at the last try
  bool popped_ = false;       ///< since the last commit
  std::uint64_t now_ns_ = 0;
  std::uint64_t seen_all_ns_ = 0;  ///< when the end was reached last; 0: not yet
  std::uint64_t untimed_ = 0;
  std::uint64_t long_ = 0;
  std::string told_;
  std::optional<std::string> message_;
};

}  // namespace tlswatch::sources
