#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "daemon/core/broker_log/broker_line.h"
#include "daemon/core/broker_log/log_join.h"

namespace tlswatch::sources {

/// LogSource: one broker's own log, line by line, wherever the broker writes it.
///
/// A position survives in a file of its own: a line is read once in the lives of all daemons, but for those
/// that are given `again`. (epoch, sequence) names a line: both grow along the log, and are the same when a
/// line that was not committed comes once more.
///
/// Only lines that say something come out, each with the time within which it was written. A line of which
/// nothing tells the time is counted and left out, since it could be about any connection of its address.
class LogSource {
 public:
  struct Line {
    broker_log::BrokerLine what;  ///< views valid until pop() or look()
    broker_log::Span written;
    std::uint64_t sequence = 0;
    bool again = false;  ///< was taken by an earlier daemon: known, and not to be logged
  };

  LogSource() = default;
  virtual ~LogSource() = default;
  LogSource(const LogSource&) = delete;
  LogSource& operator=(const LogSource&) = delete;

  /// Sees what has become of the log; `now` is the time (Unix, ns). All that was popped must be committed.
  virtual void look(std::uint64_t now_unix_ns) = 0;

  /// The next line, read where needed, or null where there is none until the next look.
  const Line* front();
  void pop();

  virtual std::uint64_t epoch() const noexcept = 0;

  /// What was popped is in the event log. Returns what is wrong, or nothing; it may be tried again.
  std::optional<std::string> commit();

  /// How long after what it tells of a line may come: no record of the ring that is younger should be taken.
  virtual std::uint64_t delay_ns() const noexcept { return 0; }

  /// A sentence for people whenever something changed.
  std::optional<std::string> take_message() { return std::exchange(message_, std::nullopt); }

  std::uint64_t untimed_lines() const noexcept { return untimed_; }
  std::uint64_t long_lines() const noexcept { return long_; }

 protected:
  /// Raw: one line as it stands in the log.
  struct Raw {
    std::string_view text;  ///< valid until consume()
    std::uint64_t sequence = 0;
    bool again = false;
    std::optional<broker_log::Span> came;  ///< what the source knows of its time
  };

  /// The first line that was not consumed, or nothing.
  virtual std::optional<Raw> read() = 0;
  /// The line that read() gave is done with.
  virtual void consume() = 0;
  /// Writes down how far lines were consumed.
  virtual std::optional<std::string> save() = 0;

  /// What front() gave is gone, and will be read anew.
  void forget_front() noexcept { line_.reset(); }
  bool has_uncommitted() const noexcept { return popped_; }
  void count_long_line() noexcept { ++long_; }
  void tell(std::string text);

 private:
  std::optional<Line> line_;
  bool popped_ = false;  ///< since the last commit
  std::uint64_t untimed_ = 0;
  std::uint64_t long_ = 0;
  std::string told_;
  std::optional<std::string> message_;
};

}  // namespace tlswatch::sources
