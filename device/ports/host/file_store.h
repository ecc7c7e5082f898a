// Storage on a host: a file plays memory that survives a reset, or flash.
//
// Layout of either file: the recorder's image at offset 0, a saved session at 128, learnt fingerprints at
// 256. Written in place, like the memory it plays: a process killed in mid-write leaves what a reset would
// leave.
#pragma once

#include <cstddef>
#include <string>

#include "tlswatch_store.h"

namespace tlswatch::device::host {

constexpr std::size_t kImageOffset = 0;
constexpr std::size_t kSessionOffset = 128;
constexpr std::size_t kLearntOffset = 256;

class FileStore {
 public:
  FileStore() = default;
  FileStore(const FileStore&) = delete;
  FileStore& operator=(const FileStore&) = delete;
  ~FileStore();

  /// Opens or creates the file, readable by its owner only (a session holds a secret). Returns an empty text,
  /// or what went wrong.
  std::string open(const std::string& path);
  bool is_open() const { return fd_ >= 0; }
  /// What a device keeps at this offset; no place at all when the file is not open. Valid while this lives.
  template <std::size_t offset>
  Store place() {
    if (!is_open()) return {};
    return {this,
            [](void* file, void* bytes, std::size_t n) {
              return static_cast<FileStore*>(file)->load(offset, bytes, n);
            },
            [](void* file, const void* bytes, std::size_t n) {
              return static_cast<FileStore*>(file)->save(offset, bytes, n);
            }};
  }

  /// Reads or writes exactly n bytes at offset; false if the file is shorter, or not open, or on an I/O
  /// error.
  bool load(std::size_t offset, void* bytes, std::size_t n) const;
  bool save(std::size_t offset, const void* bytes, std::size_t n) const;

 private:
  int fd_ = -1;
};

}  // namespace tlswatch::device::host
