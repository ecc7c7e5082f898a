#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/log/line_batch.h"
#include "daemon/log/log_tail.h"

namespace tlswatch::log {

struct EventFileSettings {
  std::filesystem::path file;
  std::uint64_t rotate_bytes = std::uint64_t{64} * 1024 * 1024;
  std::size_t rotate_files = 10;     ///< old ones that are kept: events.1.json, ...
  std::vector<std::string> streams;  ///< whose events the file holds: "edge-1", "edge-1/log", ...
};

/// EventFile: the event log on disk, each event in it once, whatever is killed or full and when.
///
/// It is opened by open(), which drops a torn last line and reads which event of each stream is the last one
/// that the log holds. append() leaves out what is there already. Where writing fails (a full disk) the file
/// is closed; the next open() repairs it in the same way, and the same batch is appended again.
///
/// Not synced: what a power failure takes from the page cache, it takes from the ring in /run as well.
class EventFile {
 public:
  explicit EventFile(EventFileSettings settings);
  ~EventFile();
  EventFile(const EventFile&) = delete;
  EventFile& operator=(const EventFile&) = delete;

  /// Opens or reopens. Returns what is wrong, a sentence without the file's name, or nothing.
  std::optional<std::string> open();
  bool is_open() const noexcept { return sink_ != nullptr; }
  void close() noexcept;

  /// Appends and flushes all lines of a batch. Returns what is wrong, or nothing; then the file is closed,
  /// and how much of the batch it holds is for open() to find out.
  std::optional<std::string> append(const LineBatch& batch);

  const std::filesystem::path& path() const noexcept { return settings_.file; }
  std::uint64_t torn_bytes() const noexcept { return torn_bytes_; }  ///< dropped by the last open()
  std::uint64_t lines_written() const noexcept { return written_; }
  std::uint64_t lines_skipped() const noexcept { return skipped_; }  ///< the log had them already

 private:
  class Sink;
  LastLine& last_of(std::string_view stream, std::uint64_t epoch);

  EventFileSettings settings_;
  std::unique_ptr<Sink> sink_;
  std::vector<LastLine> last_;
  std::uint64_t torn_bytes_ = 0;
  std::uint64_t written_ = 0;
  std::uint64_t skipped_ = 0;
};

}  // namespace tlswatch::log
