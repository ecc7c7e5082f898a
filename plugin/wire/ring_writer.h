#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "cursor.h"
#include "ring.h"
#include "ring_cursor.h"

namespace tlswatch::wire {

/// RingWriter publishes records into a mapped ring: the producer, one thread. It makes no system call, takes
/// no lock and never waits. `mapping` is the whole file and must outlive the writer.
class RingWriter {
 public:
  /// Formats a new ring: the header page, magic last. mapping.size() is kRingHeaderSize + size.
  static void format(std::span<std::uint8_t> mapping, std::uint64_t epoch) noexcept;

  /// Whether a mapping holds a ring that this version can go on writing; nullptr, or the reason as a literal.
  static const char* check(std::span<const std::uint8_t> mapping) noexcept;

  /// Goes on where the ring's last writer stopped, however it stopped. check() must have found nothing.
  explicit RingWriter(std::span<std::uint8_t> mapping) noexcept;

  /// Publishes a record made by RecordWriter, filling in its sequence. False: no room; the event's sequence
  /// is used up all the same, which is how the reader counts it as lost.
  bool publish(std::span<std::uint8_t> record) noexcept;

  /// Whether a record of `size` bytes fits without a fresher cursor.
  bool has_room(std::size_t size) const noexcept;

  /// Takes the daemon's cursor. One that cannot be true (another epoch, past the head, going back) is
  /// ignored.
  void consumed(const RingCursor& cursor) noexcept;

  std::uint64_t next_session() noexcept;
  std::uint64_t epoch() const noexcept { return header_->epoch; }
  std::uint64_t dropped() const noexcept { return dropped_; }  ///< by this writer

 private:
  RingHeader* header_;
  std::span<std::uint8_t> data_;
  std::uint64_t head_;
  std::uint64_t tail_;
  std::uint64_t sequence_;
  std::uint64_t dropped_ = 0;
};

}  // namespace tlswatch::wire
