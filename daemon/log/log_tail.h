#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace tlswatch::log {

/// Bytes of old log that are looked through for the last line of each stream. A batch's lines are at the end
/// of the log until the cursor has moved, so this only has to be longer than one batch's.
inline constexpr std::uint64_t kMaxTailScan = std::uint64_t{64} * 1024 * 1024;

/// LastLine: the last event of one stream that the log holds.
struct LastLine {
  std::string stream;
  std::uint64_t epoch = 0;
  std::uint64_t sequence = 0;
  std::uint64_t part = 0;
};

/// Drops what stands behind the last newline: a line that was being written when the daemon was killed, or
/// the disk was full.
///
/// returns  bytes dropped; nothing where the file cannot be repaired (errno says why). No file: 0
std::optional<std::uint64_t> drop_torn_line(const std::filesystem::path& file);

/// Reads the log backwards, from `files` in their order (the newest first), until it has met each of
/// `streams` or looked through kMaxTailScan bytes. One row a stream, the latest first.
std::vector<LastLine> last_lines(const std::vector<std::filesystem::path>& files,
                                 const std::vector<std::string>& streams);

}  // namespace tlswatch::log
