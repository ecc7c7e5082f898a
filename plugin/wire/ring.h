#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

/// The ring between plugin and daemon: a single-producer single-consumer byte ring in a file. FORMAT.md
/// explains it; this header has the layout. All numbers are little endian; the atomics are lock-free 64-bit
/// words.
namespace tlswatch::wire {

inline constexpr std::array<char, 8> kRingMagic{'t', 'l', 's', 'w', 'r', 'i', 'n', 'g'};
inline constexpr std::array<char, 8> kCursorMagic{'t', 'l', 's', 'w', 'c', 'u', 'r', 's'};
inline constexpr std::uint32_t kRingVersion = 1;

inline constexpr std::size_t kRingHeaderSize = 4096;
inline constexpr std::uint64_t kMinRingSize = 64 * 1024;
inline constexpr std::uint64_t kMaxRingSize = std::uint64_t{1} << 30;
inline constexpr std::uint64_t kDefaultRingSize = 16 * 1024 * 1024;
inline constexpr std::size_t kCursorFileSize = 48;

/// The first page of the ring file; written by the plugin alone. The file is this page and `size` bytes of
/// data.
struct RingHeader {
  std::array<char, 8> magic;  ///< written last at creation
  std::uint32_t version;
  std::uint32_t header_size;
  std::uint64_t size;  ///< bytes of the data area, a multiple of 4096
  std::uint64_t
      epoch;  ///< Unix time in ns at which this ring was made; (epoch, sequence) names an event for ever
  std::array<std::uint8_t, 32> reserved;

  /// Bytes ever published; the next record goes to head % size.
  alignas(64) std::atomic<std::uint64_t> head;
  /// Sequence of the next event, published or dropped; set after head.
  std::atomic<std::uint64_t> next_sequence;
  /// The same, but set before head: after a crash between the two the event counts as lost, not as never
  /// made.
  std::atomic<std::uint64_t> pending_sequence;
  /// Number of the next session; a session's number is unique within the epoch.
  std::atomic<std::uint64_t> next_session;

  /// The oldest byte that is still kept: the plugin's copy of the daemon's cursor.
  alignas(64) std::atomic<std::uint64_t> tail;
};

static_assert(sizeof(std::atomic<std::uint64_t>) == 8 && std::atomic<std::uint64_t>::is_always_lock_free);
static_assert(offsetof(RingHeader, size) == 16 && offsetof(RingHeader, epoch) == 24);
static_assert(offsetof(RingHeader, head) == 64 && offsetof(RingHeader, next_sequence) == 72);
static_assert(offsetof(RingHeader, pending_sequence) == 80 && offsetof(RingHeader, next_session) == 88);
static_assert(offsetof(RingHeader, tail) == 128 && sizeof(RingHeader) <= kRingHeaderSize);

}  // namespace tlswatch::wire
