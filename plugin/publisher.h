#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "options.h"
#include "plugin/wire/ring_writer.h"
#include "ring_file.h"

namespace tlswatch::plugin {

/// Publisher: the way out. It owns the ring, publishes records into it without a system call, and asks for
/// the daemon's cursor only when the ring looks full, at most every 10 ms.
class Publisher {
 public:
  using Clock = std::uint64_t (*)() noexcept;

  /// Opens the ring; on failure writes one sentence into `error` (at least 256 bytes) and stays closed.
  bool open(const Options& options, char* error, std::size_t error_size) noexcept;

  /// Publishes a finished record; its sequence is filled in. A full ring drops it, which the reader counts.
  /// now_ns  a clock that never goes back; it is asked only where the ring looks full
  void publish(std::span<std::uint8_t> record, Clock now_ns) noexcept;

  /// Looks whether somebody removed or replaced the ring, and makes a new one then. Call it now and then.
  /// returns  true when there was something to say, in `line`: a new ring was made, or why not
  bool heal(char* line, std::size_t line_size) noexcept;

  std::uint64_t next_session() noexcept { return writer_ ? writer_->next_session() : 0; }
  bool is_open() const noexcept { return writer_.has_value(); }
  void close() noexcept;

 private:
  void look_for_room(std::uint64_t now_ns) noexcept;
  void read_cursor() noexcept;

  RingFile file_;
  std::optional<wire::RingWriter> writer_;
  const char* path_ = nullptr;
  const char* cursor_path_ = nullptr;
  std::uint64_t size_ = 0;
  std::uint64_t cursor_asked_ns_ = 0;
};

}  // namespace tlswatch::plugin
