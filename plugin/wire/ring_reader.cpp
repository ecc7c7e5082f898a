#include "ring_reader.h"

#include <algorithm>
#include <array>
#include <atomic>

namespace tlswatch::wire {
namespace {

struct Snapshot {
  std::uint64_t size = 0;
  std::uint64_t epoch = 0;
  std::uint64_t head = 0;
  std::uint64_t tail = 0;
  std::uint64_t next_sequence = 0;
};

/// The header, checked. next_sequence is read first: every event below it that was not dropped lies before
/// head.
Result<Snapshot, RingError> read_header(const ReadAt& read_at) {
  std::array<std::uint8_t, 8> sequence_bytes{};
  std::array<std::uint8_t, offsetof(RingHeader, tail) + 8> bytes{};
  if (!read_at(offsetof(RingHeader, next_sequence), sequence_bytes)) return RingError::unreadable;
  std::atomic_thread_fence(std::memory_order_acquire);
  if (!read_at(0, bytes)) return RingError::unreadable;

  Cursor c(bytes);
  if (as_text(c.take(kRingMagic.size())) != std::string_view(kRingMagic.data(), kRingMagic.size())) {
    return RingError::not_a_ring;
  }
  if (c.le32() != kRingVersion) return RingError::wrong_version;
  const std::uint32_t header_size = c.le32();
  Snapshot s;
  s.size = c.le64();
  s.epoch = c.le64();
  s.head = Cursor(Bytes(bytes).subspan(offsetof(RingHeader, head))).le64();
  s.tail = Cursor(Bytes(bytes).subspan(offsetof(RingHeader, tail))).le64();
  s.next_sequence = Cursor(sequence_bytes).le64();
  if (header_size != kRingHeaderSize || s.size < kMinRingSize || s.size > kMaxRingSize ||
      s.size % 4096 != 0 || s.tail > s.head || s.head - s.tail > s.size || s.head % kRecordAlignment != 0 ||
      s.tail % kRecordAlignment != 0 || s.next_sequence == 0) {
    return RingError::bad_header;
  }
  return s;
}

/// Below which sequence an event can exist by now; read after the records, so that none of them is newer.
/// pending_sequence is set before head, next_sequence after it.
bool read_reached(const ReadAt& read_at, std::uint64_t& reached) {
  static_assert(offsetof(RingHeader, pending_sequence) == offsetof(RingHeader, next_sequence) + 8);
  std::array<std::uint8_t, 16> bytes{};
  std::atomic_thread_fence(std::memory_order_acquire);
  if (!read_at(offsetof(RingHeader, next_sequence), bytes)) return false;
  Cursor c(bytes);
  const std::uint64_t next = c.le64();
  reached = std::max(next, c.le64());
  return true;
}

/// Where to start: the cursor, or the oldest byte kept when the cursor is not of this ring. next_sequence 0
/// then says that the first record's own sequence is to be taken for the expected one.
RingCursor starting_point(const RingCursor& cursor, const Snapshot& ring) {
  if (cursor.epoch == ring.epoch && cursor.position <= ring.head && cursor.position % kRecordAlignment == 0) {
    return {ring.epoch, std::max(cursor.position, ring.tail), cursor.next_sequence};
  }
  return {ring.epoch, ring.tail, ring.tail == 0 ? std::uint64_t{1} : 0};
}

void set_loss(Batch& batch, std::uint64_t from, std::uint64_t next, bool before) {
  batch.lost = next - from;
  batch.lost_from = from;
  batch.lost_to = next - 1;
  batch.lost_before = before;
}

/// Gives up what lies before the head: its bytes are no records, its events are lost.
void skip_to_head(Batch& batch, const Snapshot& ring) {
  batch.corrupt = true;
  batch.after.position = ring.head;
  if (batch.lost == 0 && ring.next_sequence > batch.after.next_sequence) {
    set_loss(batch, batch.after.next_sequence, ring.next_sequence, batch.records.empty());
    batch.after.next_sequence = ring.next_sequence;
  }
}

enum class Step : std::uint8_t { record, padding, stop, corrupt };

/// Takes one record from `rest`, the unread part of the batch's copy; `whole` says that the copy reaches as
/// far as the records do. A damaged record can name a sequence that the plugin has not reached: believed, it
/// would make all that comes look old for ever.
Step take_one(Batch& batch, Bytes rest, bool whole, const Snapshot& ring, std::uint64_t reached,
              std::size_t& used) {
  Cursor peek(rest);
  const std::uint32_t size = peek.le32();
  const std::uint16_t type = peek.le16();
  if (!peek.ok()) return whole ? Step::corrupt : Step::stop;
  if (type == static_cast<std::uint16_t>(RecordType::padding)) {
    if (size != ring.size - batch.after.position % ring.size) return Step::corrupt;
    if (size > rest.size()) return whole ? Step::corrupt : Step::stop;
    used = size;
    return Step::padding;
  }
  if (size > rest.size() && size <= kMaxRecordSize && !whole) return Step::stop;
  const auto record = read_record(rest);
  if (!record) return Step::corrupt;
  std::uint64_t& expected = batch.after.next_sequence;
  if (record->sequence < expected || record->sequence >= reached) return Step::corrupt;
  if (expected == 0) expected = record->sequence;
  if (record->sequence > expected) {
    if (!batch.records.empty() || batch.lost != 0) return Step::stop;
    set_loss(batch, expected, record->sequence, true);
  }
  expected = record->sequence + 1;
  batch.records.push_back(*record);
  used = size;
  return Step::record;
}

}  // namespace

std::string_view describe(RingError error) noexcept {
  switch (error) {
    case RingError::unreadable: return "the ring file ends before its header says so";
    case RingError::not_a_ring: return "the file is not a tlswatch ring, or is only being made";
    case RingError::wrong_version:
      return "the ring was made by another version of the plugin; install plugin and daemon of one version "
             "and "
             "restart the broker";
    case RingError::bad_header: return "the ring's header holds sizes that cannot be";
  }
  return "unknown";
}

Result<Batch, RingError> read_batch(const ReadAt& read_at, const RingCursor& cursor, std::size_t limit) {
  const auto header = read_header(read_at);
  if (!header) return header.error();
  const Snapshot& ring = *header;

  Batch batch;
  batch.after = starting_point(cursor, ring);
  const std::uint64_t start = batch.after.position % ring.size;
  const std::uint64_t available = std::min(ring.head - batch.after.position, ring.size - start);
  const std::uint64_t length = std::min<std::uint64_t>(available, std::max(limit, kMaxRecordSize));
  batch.bytes.resize(length);
  if (length != 0 && !read_at(kRingHeaderSize + start, batch.bytes)) return RingError::unreadable;

  std::uint64_t reached = 0;
  if (!read_reached(read_at, reached)) return RingError::unreadable;

  Bytes rest(batch.bytes);
  while (!rest.empty()) {
    std::size_t used = 0;
    const Step step = take_one(batch, rest, length == available, ring, reached, used);
    if (step == Step::stop) return batch;
    if (step == Step::corrupt) {
      skip_to_head(batch, ring);
      return batch;
    }
    rest = rest.subspan(used);
    batch.after.position += used;
  }

  const bool at_head = batch.after.position == ring.head;
  if (batch.after.next_sequence == 0 && at_head) batch.after.next_sequence = ring.next_sequence;
  if (at_head && batch.lost == 0 && ring.next_sequence > batch.after.next_sequence) {
    set_loss(batch, batch.after.next_sequence, ring.next_sequence, false);
    batch.after.next_sequence = ring.next_sequence;
  }
  return batch;
}

Result<RingFill, RingError> read_fill(const ReadAt& read_at, const RingCursor& cursor) {
  const auto ring = read_header(read_at);
  if (!ring) return ring.error();
  return RingFill{ring->size, ring->head - starting_point(cursor, *ring).position};
}

}  // namespace tlswatch::wire
