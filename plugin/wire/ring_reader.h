#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "record_reader.h"
#include "result.h"
#include "ring_cursor.h"

namespace tlswatch::wire {

enum class RingError : std::uint8_t {
  unreadable,     ///< the file gave fewer bytes than asked
  not_a_ring,     ///< no magic: not a ring, or one that is only being made
  wrong_version,  ///< made by another version of the plugin
  bad_header,     ///< sizes that cannot be
};

/// One sentence for people.
std::string_view describe(RingError error) noexcept;

/// Reads exactly out.size() bytes of the ring file at `offset`; false when it cannot.
using ReadAt = std::function<bool(std::uint64_t offset, std::span<std::uint8_t> out)>;

/// Batch: records in order, copied out of the ring, and where to go on after them.
struct Batch {
  std::vector<Record> records;  ///< views into `bytes`
  std::vector<std::uint8_t> bytes;
  RingCursor after;
  std::uint64_t lost = 0;  ///< events between lost_from and lost_to that were dropped, or could not be read
  std::uint64_t lost_from = 0;
  std::uint64_t lost_to = 0;
  bool lost_before = true;  ///< the loss lies before the records; false: behind them
  bool corrupt = false;     ///< bytes that are no record were skipped up to the head
};

/// Reads what lies behind `cursor`, at most about `limit` bytes (never less than one record), and stops at
/// the first gap in the sequences, so that a batch has at most one.
///
/// A cursor of another epoch, or one that cannot be true for this ring, starts at the oldest byte that is
/// kept. Nothing in the file is believed: it is copied first and checked then, so a file that changes or
/// shrinks underneath costs an error, never a crash. A record whose sequence the header has not reached is
/// none.
Result<Batch, RingError> read_batch(const ReadAt& read_at, const RingCursor& cursor, std::size_t limit);

/// RingFill: how full a ring is, bytes of its data area.
struct RingFill {
  std::uint64_t size = 0;
  std::uint64_t used = 0;  ///< behind the cursor
};

/// Reads the header alone. A cursor that is not of this ring stands for the oldest byte that is kept.
Result<RingFill, RingError> read_fill(const ReadAt& read_at, const RingCursor& cursor);

}  // namespace tlswatch::wire
