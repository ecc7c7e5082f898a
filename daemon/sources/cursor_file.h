#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "plugin/wire/ring_cursor.h"

namespace tlswatch::sources {

/// CursorFile: how far the daemon has come in one ring (plugin/wire/FORMAT.md), in a file of the daemon's own
/// that the plugin reads. Its lock says that one daemon follows this ring.
///
/// A write is one pwrite of 48 bytes over the same 48 bytes; its CRC tells a torn one, which then counts as
/// none.
class CursorFile {
 public:
  explicit CursorFile(std::string path) : path_(std::move(path)) {}
  ~CursorFile();
  CursorFile(const CursorFile&) = delete;
  CursorFile& operator=(const CursorFile&) = delete;

  /// Opens, or makes (0644, never through a symbolic link), and locks it. Returns what is wrong, or nothing.
  std::optional<std::string> open();

  /// The cursor it holds; nothing where it is new, torn, or of another version.
  std::optional<wire::RingCursor> read() const;

  /// Returns what is wrong, or nothing. Makes the file again where somebody has removed it.
  std::optional<std::string> write(const wire::RingCursor& cursor);

  const std::string& path() const noexcept { return path_; }

 private:
  bool removed() const noexcept;
  void close() noexcept;

  std::string path_;
  int fd_ = -1;
};

}  // namespace tlswatch::sources
