#pragma once

#include <array>
#include <optional>

#include "crc32.h"
#include "little_endian.h"
#include "ring.h"

namespace tlswatch::wire {

/// RingCursor: how far the daemon has come, in a file of the daemon's own. It moves only after log and store
/// have taken what lies before it.
struct RingCursor {
  std::uint64_t epoch = 0;
  std::uint64_t position = 0;       ///< bytes consumed; compares with RingHeader::head
  std::uint64_t next_sequence = 1;  ///< the first event not yet consumed
};

/// Magic, u32 version, u32 CRC-32 of all behind it, epoch, position, next_sequence, u64 0.
inline std::array<std::uint8_t, kCursorFileSize> encode_cursor(const RingCursor& cursor) noexcept {
  std::array<std::uint8_t, kCursorFileSize> out{};
  const auto at = [&out](std::size_t offset) { return std::span(out).subspan(offset); };
  for (std::size_t i = 0; i < kCursorMagic.size(); ++i) out[i] = static_cast<std::uint8_t>(kCursorMagic[i]);
  store_le(at(8), kRingVersion);
  store_le(at(16), cursor.epoch);
  store_le(at(24), cursor.position);
  store_le(at(32), cursor.next_sequence);
  store_le(at(12), crc32(Bytes(out).subspan(16)));
  return out;
}

/// Nothing when the bytes are short, torn, of another version or not a cursor at all.
inline std::optional<RingCursor> decode_cursor(Bytes bytes) noexcept {
  if (bytes.size() < kCursorFileSize) return std::nullopt;
  Cursor c(bytes.first(kCursorFileSize));
  const std::string_view magic = as_text(c.take(kCursorMagic.size()));
  const std::uint32_t version = c.le32();
  const std::uint32_t crc = c.le32();
  if (magic != std::string_view(kCursorMagic.data(), kCursorMagic.size()) || version != kRingVersion)
    return std::nullopt;
  if (crc != crc32(bytes.first(kCursorFileSize).subspan(16))) return std::nullopt;
  return RingCursor{c.le64(), c.le64(), c.le64()};
}

}  // namespace tlswatch::wire
