#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "daemon/sources/log_source.h"
#include "daemon/sources/position_file.h"

namespace tlswatch::sources {

/// Bytes of a log that are read at once.
inline constexpr std::size_t kLogChunk = 128 * 1024;
/// Before the cursor, read once more at a start, so that what was known of open connections is known again.
inline constexpr std::uint64_t kLogAgain = 1024 * 1024;
/// Of a log that was never read before: the broker may have been up for long.
inline constexpr std::uint64_t kLogFirst = 16 * 1024 * 1024;

/// LogPosition: how far a log file was read.
struct LogPosition {
  std::uint64_t epoch =
      0;  ///< drawn for each file that was followed; names its lines together with the offset
  std::uint64_t device = 0;  ///< which file: st_dev and st_ino
  std::uint64_t inode = 0;
  std::uint64_t offset = 0;  ///< of the first byte that was not read
  std::uint32_t tail_crc =
      0;  ///< over the bytes before it, at most kTailBytes: the file is still the same one
  bool operator==(const LogPosition&) const = default;
};

/// Bytes before the offset that a file is recognised by.
inline constexpr std::size_t kTailBytes = 64;

/// LogFileSource follows the log file of one broker over restarts and rotation of either kind.
///
/// A file that was renamed is read to its end; the new one is taken once it has a byte, since the broker
/// writes into one at a time. A file that was emptied in place (copytruncate) is known by its size or by the
/// bytes before the position, which are compared. Lost is only what was written, while no daemon ran or
/// between two looks, into a file that is gone or empty at the next one.
///
/// A line's sequence is the offset of its end. A line without a time of its own is timed by having come since
/// the last look; from before the first look it has none.
class LogFileSource final : public LogSource {
 public:
  LogFileSource(std::string file, std::string cursor) : path_(std::move(file)), cursor_(std::move(cursor)) {}
  ~LogFileSource() override;

  void look(std::uint64_t now_unix_ns) override;
  std::uint64_t epoch() const noexcept override { return at_.epoch; }

 private:
  std::optional<Raw> read() override;
  void consume() override;
  std::optional<std::string> save() override;
  bool open_first();
  bool resume(const LogPosition& known);
  bool find_renamed(const LogPosition& known);
  bool begin_file(std::uint64_t offset);
  void follow_rotation();
  bool same_file() const;
  void read_from(std::uint64_t offset);
  bool refill();
  bool read_line(std::string_view& out);
  void close() noexcept;

  std::string path_;
  PositionFile cursor_;
  int fd_ = -1;
  bool started_ = false;
  LogPosition at_;  ///< the file, and how far its lines were popped
  LogPosition committed_;
  std::uint64_t new_from_ = 0;  ///< lines that end up to here come again
  std::string buffer_;          ///< from offset at_.offset on
  std::size_t used_ = 0;        ///< bytes of buffer_ that were popped or skipped
  std::uint64_t read_to_ = 0;   ///< offset behind the buffer
  bool skipping_ = false;       ///< in a line that is too long, or whose beginning was not read
  std::size_t line_end_ = 0;    ///< of the line that was read, in buffer_
  bool at_end_ = false;         ///< nothing was left to read at the last try
  std::uint64_t now_ns_ = 0;
  std::uint64_t seen_all_ns_ = 0;  ///< when the end was reached last; 0: not yet
};

}  // namespace tlswatch::sources
