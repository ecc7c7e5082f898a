#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace tlswatch::cli {

/// A line longer than this is dropped and counted: no event is.
inline constexpr std::size_t kMaxLine = 256 * 1024;

/// LogFollower reads a log file's lines as they come, over rotation (another file under the same name) and
/// truncation (the same file, shorter than what was read). It never waits: whoever calls it decides when.
class LogFollower {
 public:
  using Line = std::function<void(std::string_view)>;

  explicit LogFollower(std::string path) : path_(std::move(path)) {}
  ~LogFollower();
  LogFollower(const LogFollower&) = delete;
  LogFollower& operator=(const LogFollower&) = delete;

  /// Opens the file and stands before its last `lines` whole lines. False: it cannot be opened (errno says
  /// why).
  bool open_at_last(std::size_t lines);

  /// Hands out every whole line that is there and not yet handed out; follows the name to a new file. A line
  /// without its newline waits for the rest.
  void read_new(const Line& line);

  std::uint64_t dropped_lines() const noexcept { return dropped_; }  ///< longer than kMaxLine
  bool is_open() const noexcept { return fd_ >= 0; }

 private:
  bool open_file();
  void close_file();
  void drain(const Line& line);
  void take(std::string_view chunk, const Line& line);
  bool truncated() const;
  bool rotated() const;

  std::string path_;
  int fd_ = -1;
  off_t offset_ = 0;
  std::string partial_;
  bool too_long_ = false;  // the line that partial_ began is being dropped
  std::uint64_t dropped_ = 0;
};

}  // namespace tlswatch::cli
