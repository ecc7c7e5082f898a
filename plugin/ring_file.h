#pragma once

#include <sys/types.h>

#include <cstdint>
#include <span>

namespace tlswatch::plugin {

/// RingFile: the ring's file, created or found, locked and mapped.
///
/// It is created with mode 0640 and its whole space reserved, never through a symlink, and held by flock(2)
/// while in use, so that two brokers cannot share it.
class RingFile {
 public:
  RingFile() = default;
  RingFile(const RingFile&) = delete;
  RingFile& operator=(const RingFile&) = delete;

  /// path   absolute; its folder must exist and be writable for the broker's user
  /// size   bytes of data
  /// error  one sentence with the remedy, without the path; at least 256 bytes
  bool open(const char* path, std::uint64_t size, char* error, std::size_t error_size) noexcept;

  /// Whether `path` still names this file; false when it was removed or replaced. One system call.
  bool still_at(const char* path) const noexcept;

  void close() noexcept;

  /// The whole file, header and data; empty when not open. Valid until close().
  std::span<std::uint8_t> mapping() const noexcept { return mapping_; }

 private:
  bool prepare(int fd, std::uint64_t size, bool created, char* error, std::size_t error_size) noexcept;

  int fd_ = -1;
  dev_t device_ = 0;
  ino_t inode_ = 0;
  std::span<std::uint8_t> mapping_;
};

}  // namespace tlswatch::plugin
