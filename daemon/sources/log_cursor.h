#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace tlswatch::sources {

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

/// LogCursor keeps a LogPosition in a file: one line of text with a checksum, written beside it and moved
/// into its place, so that it is there whole or not at all.
class LogCursor {
 public:
  explicit LogCursor(std::string path) : path_(std::move(path)) {}

  /// What it holds; nothing where there is none, or it is damaged.
  std::optional<LogPosition> read() const;

  /// Returns what is wrong, or nothing.
  std::optional<std::string> write(const LogPosition& position) const;

  const std::string& path() const noexcept { return path_; }

 private:
  std::string path_;
};

}  // namespace tlswatch::sources
